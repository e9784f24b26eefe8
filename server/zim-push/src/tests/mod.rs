//! Tests across modules: real providers against the doubles, and the dispatcher in virtual time.

mod apns;
mod credentials;
mod dispatch;
mod faults;
mod fcm;
mod harmony;
mod huawei;
mod live;
mod makers;
mod payloads;
mod story;
mod support;
mod web_push;
