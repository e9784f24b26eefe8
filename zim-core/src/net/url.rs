//! The server's address: `ws://host[:port][/path]` or `wss://…`.

use std::net::IpAddr;

const DEFAULT_PATH: &str = "/zim";

/// A parsed address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerUrl {
    secure: bool,
    host: String,
    port: u16,
    path: String,
}

impl ServerUrl {
    /// Parses `text`; the error says what is wrong, in words for a developer.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once("://").ok_or("the address starts with ws:// or wss://")?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "ws" => false,
            "wss" => true,
            _ => return Err("the address starts with ws:// or wss://".into()),
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if path.contains(|c: char| c == '#' || c.is_whitespace() || c.is_control()) {
            return Err("the path has characters that do not belong there".into());
        }
        if authority.contains('@') {
            return Err("user information in the address is not supported".into());
        }
        let (host, port) = split_port(authority)?;
        check_host(host)?;
        let port = match port {
            Some(port) => port.parse().ok().filter(|port| *port != 0).ok_or("the port is 1 to 65535")?,
            None if secure => 443,
            None => 80,
        };
        let path = match path {
            "" | "/" => DEFAULT_PATH.to_owned(),
            path if path.starts_with('/') => path.to_owned(),
            path => format!("{DEFAULT_PATH}{path}"),
        };
        Ok(Self { secure, host: host.to_ascii_lowercase(), port, path })
    }

    /// Whether TLS protects it.
    pub(crate) fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether it stays on this machine. A name counts only if it is `localhost` or below it.
    pub(crate) fn is_loopback(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => self.host == "localhost" || self.host.ends_with(".localhost"),
        }
    }

    /// Host without brackets.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Port, filled in from the scheme when absent.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The address for the WebSocket handshake. The scheme there says nothing about the transport below.
    pub(crate) fn request(&self) -> String {
        let scheme = if self.secure { "wss" } else { "ws" };
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        format!("{scheme}://{open}{}{close}:{}{}", self.host, self.port, self.path)
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<&str>), String> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, rest) = rest.split_once(']').ok_or("an IPv6 address ends with ]")?;
        if host.parse::<std::net::Ipv6Addr>().is_err() {
            return Err("the address in brackets is not IPv6".into());
        }
        return match rest.strip_prefix(':') {
            Some(port) => Ok((host, Some(port))),
            None if rest.is_empty() => Ok((host, None)),
            None => Err("only a port can follow ]".into()),
        };
    }
    match authority.split_once(':') {
        Some((host, port)) => Ok((host, Some(port))),
        None => Ok((authority, None)),
    }
}

fn check_host(host: &str) -> Result<(), String> {
    if host.is_empty() {
        return Err("the host is missing".into());
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':');
    if host.len() > 253 || !host.chars().all(is_plain) {
        return Err("the host has characters that do not belong there".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_defaults() {
        let cases = [
            ("ws://127.0.0.1:8480/zim", "ws://127.0.0.1:8480/zim", true),
            ("wss://Chat.Example.com", "wss://chat.example.com:443/zim", false),
            ("ws://localhost/", "ws://localhost:80/zim", true),
            ("WS://[::1]:9/a/b?c=d", "ws://[::1]:9/a/b?c=d", true),
            ("wss://[2001:db8::1]", "wss://[2001:db8::1]:443/zim", false),
            ("ws://a.localhost?x=1", "ws://a.localhost:80/zim?x=1", true),
        ];
        for (text, request, loopback) in cases {
            let url = ServerUrl::parse(text).unwrap();
            assert_eq!(url.request(), request);
            assert_eq!(url.is_loopback(), loopback, "{text}");
        }
    }

    #[test]
    fn faulty_addresses_are_refused() {
        for text in [
            "",
            "zim",
            "http://a",
            "ws://",
            "ws:///zim",
            "ws://:80",
            "ws://a:0",
            "ws://a:65536",
            "ws://a:b",
            "ws://u:p@a/",
            "ws://a b/",
            "ws://a/b c",
            "ws://a/#x",
            "ws://[::1",
            "ws://[a]:1",
            "ws://[::1]1",
            "ws://ä/",
            "ws://127.0.0.1.evil@b",
        ] {
            assert!(ServerUrl::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_that_only_looks_local_is_not_loopback() {
        for text in ["ws://127.0.0.1.example.com", "ws://localhost.example.com", "ws://10.0.0.1"] {
            assert!(!ServerUrl::parse(text).unwrap().is_loopback(), "{text}");
        }
    }
}
