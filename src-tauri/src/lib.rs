//! The desktop shell: the window and one typed bridge to the contract.
