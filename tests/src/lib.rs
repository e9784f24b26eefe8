//! End-to-end tests, coverage of the checklist and the test kit.
#![forbid(unsafe_code)]
