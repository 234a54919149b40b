//! Arguments of `avault key`.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
#[command(after_help = "A new passphrase comes from a file, from AVAULT_NEW_PASSPHRASE_FILE or \
    AVAULT_NEW_PASSPHRASE, or is asked for.")]
pub enum Key {
    /// List the keys that open the vault, and its data keys
    List,
    /// Add a key that opens the vault; those that there are go on
    Add {
        #[command(subcommand)]
        key: NewKey,
        /// What its owner calls it
        #[arg(long, global = true, value_name = "TEXT", default_value = "")]
        label: String,
    },
    /// Remove a key; the last one stays
    Remove {
        /// Id of a key, as the list tells it
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Make a new data key for what is backed up from now on; rewrites nothing
    Rotate,
    /// Change the passphrase
    Passphrase {
        /// Which one, where several passphrases open the vault
        #[arg(long, value_name = "ID")]
        id: Option<String>,
        /// File with the new passphrase
        #[arg(long = "new-passphrase-file", value_name = "FILE")]
        file: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum NewKey {
    /// One more passphrase
    Passphrase {
        /// File with the new passphrase
        #[arg(long = "new-passphrase-file", value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// A recovery key to write down; it is shown once
    Recovery,
    /// The key that [key.transit] of the configuration names at a Vault or OpenBao server
    Transit,
    /// The key that [key.aws_kms] of the configuration names at AWS KMS
    AwsKms,
    /// The key that [key.tencent_kms] of the configuration names at Tencent Cloud KMS
    TencentKms,
    /// The key that [key.keyring] of the configuration names in the keyring of this system
    Keyring,
}
