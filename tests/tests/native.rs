//! C and C++ programs.
