//! What the module is made of, and that its papers say so: docs/dependencies.md, the bill of materials, the module itself.

mod bill;
mod module;
mod table;
mod unsafe_code;
