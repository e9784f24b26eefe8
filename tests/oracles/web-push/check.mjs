// Lets the npm package web-push-testing, a push service that checks and decrypts, judge what the real dispatcher sends.
//
// Usage: node check.mjs ZIM_FOREIGN_PUSH FOLDER    (the program that sends, and where to put keys)
// Prints a line per check and ends with "N passed, M failed".

import { createECDH } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer as createTls } from "node:https";
import { request } from "node:http";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { join } from "node:path";
import { certificates, counter, differences, message, send } from "../push.mjs";

const load = createRequire(import.meta.url);
const PushService = load("web-push-testing/src/server.js");
const { PushApiModel } = load("web-push-testing/src/PushApiModel.js");

const [program, folder] = process.argv.slice(2);
const { check, end } = counter();

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** The push service speaks no TLS; the server insists on it. Keeps the headers it passes on. */
async function terminator(port, seen) {
  const tls = { cert: readFileSync(join(folder, "server.pem")), key: readFileSync(join(folder, "server.key")) };
  const server = createTls(tls, (asked, answer) => {
    seen.push(asked.headers);
    const on = request({ port, path: asked.url, method: asked.method, headers: asked.headers }, (from) => {
      answer.writeHead(from.statusCode, from.headers);
      from.pipe(answer);
    });
    on.on("error", (error) => answer.destroy(error));
    asked.pipe(on);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return server.address().port;
}

const port = await freePort();
new PushService(new PushApiModel(), port).startServer();
const post = async (path, body) => {
  const response = await fetch(`http://localhost:${port}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.json().catch(() => ({}));
};

certificates(program, folder);
const seen = [];
const tls = await terminator(port, seen);
const vapid = createECDH("prime256v1");
const applicationServerKey = vapid.generateKeys("base64url");
writeFileSync(join(folder, "vapid.key"), vapid.getPrivateKey("base64url"));

/** Subscribes as a browser does; the address leads through the terminator. */
async function subscribe() {
  const { data } = await post("/subscribe", { userVisibleOnly: "true", applicationServerKey });
  const endpoint = data.endpoint.replace(`http://localhost:${port}`, `https://localhost:${tls}`);
  return { hash: data.clientHash, token: JSON.stringify({ endpoint, keys: data.keys }) };
}

const credential = {
  vendor: "web",
  app_id: 1,
  key_file: "vapid.key",
  subject: "mailto:push@example.com",
  private_addresses: true,
  root_certificates: "ca.pem",
};
const strategies = { quiet: { web: { push_type: "silent", urgency: "low" } } };
const order = (pushes) => ({ credential, strategies, pushes });

const plain = message();
const scenarios = [
  ["a message", plain, { title: plain.title, body: plain.content, payload: plain.payload }, "normal"],
  [
    "a grouped message with a badge",
    message({ thread_id: "chat", badge: 7, badge_increment: 1 }),
    { title: plain.title, body: plain.content, payload: plain.payload, thread: "chat", badge: 7 },
    "normal",
  ],
  [
    "a silent push",
    message({ resources_id: "quiet", badge_increment: 3 }),
    { title: plain.title, body: plain.content, payload: plain.payload, silent: true, badge_increment: 3 },
    "low",
  ],
  [
    "a call",
    message({
      subject: "call_invite",
      call_id: "42",
      voip: { handle_type: 1, handle_value: "alice", has_video: true },
    }),
    { title: plain.title, body: plain.content, payload: plain.payload, call_id: "42" },
    "high",
  ],
];
const subscriber = await subscribe();
const pushes = scenarios.map(([, intent]) => ({ token: subscriber.token, intent }));
const outcomes = await send(program, folder, order(pushes));
const decrypted = (await post("/get-notifications", { clientHash: subscriber.hash })).data.messages.map(JSON.parse);
scenarios.forEach(([name, , expected, urgency], index) => {
  const id = `request-${index + 1}`;
  const found = decrypted.find(({ zego }) => zego.zpns_request_id === id);
  const faults = outcomes[index].outcome === "delivered" ? [] : [JSON.stringify(outcomes[index])];
  if (!found) return check(`${name} is decrypted`, [...faults, "it did not arrive"]);
  const { zego, ...rest } = found;
  faults.push(...differences("message", rest, expected));
  if (name === "a call") faults.push(...differences("caller", zego.voip_handle_value, "alice"));
  if (!seen.some((headers) => headers.urgency === urgency && headers["content-encoding"] === "aes128gcm")) {
    faults.push(`no request had the urgency ${urgency}`);
  }
  check(`${name} is decrypted`, faults);
});

const long = await subscribe();
const text = "长👨‍👩‍👧‍👦".repeat(400);
await send(program, folder, order([{ token: long.token, intent: message({ content: text }) }]));
const [cut] = (await post("/get-notifications", { clientHash: long.hash })).data.messages.map(JSON.parse);
const kept = cut?.body.replace(/…$/, "") ?? "";
const isCut = kept.length > 500 && kept.length < text.length && text.startsWith(kept);
check("a long text is cut and decrypted", isCut ? [] : [JSON.stringify(cut)]);

const crowd = await Promise.all(Array.from({ length: 100 }, subscribe));
const many = await send(program, folder, order(crowd.map(({ token }) => ({ token, intent: plain }))));
const lost = many.filter(({ outcome }) => outcome !== "delivered");
check("a hundred subscribers are all reached", lost.map((one) => JSON.stringify(one)));

await post(`/expire-subscription/${subscriber.hash}`, {});
const [ended] = await send(program, folder, order([{ token: subscriber.token, intent: plain }]));
check("an ended subscription is a dead token", differences("outcome", ended.outcome, "token_invalid"));

const before = (await post("/get-notifications", { clientHash: long.hash })).data.messages.length;
writeFileSync(join(folder, "vapid.key"), createOther());
const [foreign] = await send(program, folder, order([{ token: long.token, intent: plain }]));
const after = (await post("/get-notifications", { clientHash: long.hash })).data.messages.length;
check("another key is refused", [
  ...differences("outcome", foreign.outcome, "rejected"),
  ...differences("messages", after, before),
]);
end();

function createOther() {
  const other = createECDH("prime256v1");
  other.generateKeys();
  return other.getPrivateKey("base64url");
}
