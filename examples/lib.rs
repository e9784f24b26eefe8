//! Examples of open ZIM; each is a program beside this file.
