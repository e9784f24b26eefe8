//! libzim: the C ABI of open ZIM and ZPNs.
