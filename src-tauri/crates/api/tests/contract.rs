//! The contract changes only on purpose.

use std::collections::BTreeMap;

use api::{Danger, Operation, Permission, Role};

#[test]
fn operations_are_what_was_agreed() {
    let descriptions: Vec<_> = Operation::ALL.iter().map(|one| one.description()).collect();
    insta::assert_json_snapshot!(descriptions);
}

#[test]
fn roles_may_do_what_was_agreed() {
    let matrix: BTreeMap<_, Vec<_>> = Role::ALL
        .iter()
        .map(|role| (role, Permission::ALL.iter().filter(|one| role.allows(**one)).collect()))
        .map(|(role, allowed): (_, Vec<&Permission>)| (format!("{role:?}"), allowed))
        .collect();
    insta::assert_json_snapshot!(matrix);
}

#[test]
fn names_are_unique_and_found_again() {
    let mut names = std::collections::BTreeSet::new();
    for operation in Operation::ALL {
        let name = operation.description().name;
        assert!(names.insert(name), "{name} is declared twice");
        assert_eq!(Operation::named(name), Some(*operation));
    }
    assert_eq!(Operation::named("backup.eat"), None);
}

#[test]
fn what_changes_something_is_audited_and_tells_the_caches() {
    for operation in Operation::ALL {
        let one = operation.description();
        if one.danger != Danger::Safe {
            assert!(one.audit.is_some(), "{} leaves no audit entry", one.name);
            assert!(!one.invalidates.is_empty(), "{} makes nothing stale", one.name);
        }
        assert!(one.provides.is_empty() || one.invalidates.is_empty(), "{} does both", one.name);
    }
}

#[test]
fn no_response_has_a_field_for_a_secret() {
    let types = &api::typescript::files()[0].1;
    // The recovery key is told once, by the operation that makes it: nobody else could.
    let may = ["ConnectRequest", "OpenVaultRequest", "NewKey", "KeyPassphraseRequest", "KeyAdded"];
    for declaration in types.split("export type ").skip(1) {
        let name = declaration.split([' ', '=']).next().unwrap();
        let secret = [
            "passphrase:",
            "password:",
            "mongodbUri:",
            "redisUrl:",
            "secretAccessKey:",
            "token:",
            "recoveryKey:",
        ]
        .iter()
        .any(|field| declaration.contains(field));
        assert!(!secret || may.contains(&name), "{name} can carry a secret");
    }
}
