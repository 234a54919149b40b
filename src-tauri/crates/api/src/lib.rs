//! The contract: each operation declared once, with its permission, cache tags, audit verb and danger.
