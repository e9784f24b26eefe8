//! The one place where refusals and panics become a status.

use crate::status::{Refused, ZIM_STATUS_OK, ZIM_STATUS_PANIC, remember, zim_status};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs the body of an extern function.
pub(crate) fn guard(body: impl FnOnce() -> Result<(), Refused>) -> zim_status {
    // A panic may leave what the body borrowed half-changed. Everything behind the boundary is either owned by the
    // body or a handle whose state lives on its own thread, so nothing half-changed can be seen afterwards.
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => ZIM_STATUS_OK,
        Ok(Err(refused)) => {
            remember(&refused.detail);
            refused.status
        }
        Err(_) => {
            // Without the panic's text, which may quote what the host passed in.
            log::error!("a panic was stopped at the C boundary");
            remember("internal error, see the log");
            ZIM_STATUS_PANIC
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::ZIM_STATUS_NULL_POINTER;

    #[test]
    fn a_panic_becomes_a_status() {
        assert_eq!(guard(|| panic!("expected by this test")), ZIM_STATUS_PANIC);
        assert_eq!(guard(|| Err(Refused::null("config"))), ZIM_STATUS_NULL_POINTER);
        assert_eq!(guard(|| Ok(())), ZIM_STATUS_OK);
    }
}
