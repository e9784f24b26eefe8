//! Push dispatch of open ZIM: vendor providers, durable job queue, retry, breaker and feedback.
