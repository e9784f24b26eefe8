//! Strict doubles of the push vendors' servers, for tests, benches and the story example.
