// Compares recorded Xiaomi pushes with what the npm package xiaomi-push sends to a recording server.
//
// Usage: node check.mjs RECORDED.json    (what `zim-recorded-pushes` writes)
// Prints a line per check and ends with "N passed, M failed".

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const { Message, Notification } = createRequire(import.meta.url)("xiaomi-push");

const SECRET = "double-secret-0123456789abcdef";
// Xiaomi's own key on a server: `v2` takes one package, `v3` several; the form is the same.
const PATH = "/v3/message/regid";
let passed = 0;
let failed = 0;

function check(name, faults) {
  faults.length === 0 ? passed++ : failed++;
  console.log(`${faults.length === 0 ? "ok" : "FAILED"} ${name}`);
  for (const fault of faults) console.log(`    ${fault}`);
}

/** A server that accepts every push and keeps what it was sent. */
async function recorder() {
  const seen = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      seen.push({ path: request.url, headers: request.headers, body });
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ result: "ok", code: 0, data: { id: "1" } }));
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { seen, server, url: `http://127.0.0.1:${server.address().port}` };
}

/** The push as a user of that package would write it, from what the sender asked for. */
function messageOf(push) {
  const { config } = push;
  const ours = push.body;
  const message = new Message();
  message
    .restrictedPackageName("com.example.app.android")
    .title(config.title)
    .description(config.content)
    .passThrough(0)
    .notifyType(-1)
    // Both depend on the push's own id and the moment it was sent.
    .notifyId(ours.notify_id)
    .timeToLive(ours.time_to_live);
  if (config.payload) message.payload(config.payload).extra("payload", config.payload);
  message.extra("zego", ours["extra.zego"]).extra("jobkey", ours["extra.jobkey"]);
  if (push.scenario === "call") message.extra("call_id", JSON.parse(ours["extra.zego"]).call_id);
  // The strategies of the test server.
  if (config.resourcesID === "loud") {
    message.extra("channel_id", "chat").extra("channel_name", "Chat").extra("notify_effect", "2");
    message.extra(
      "intent_uri",
      "intent://im.zego.zpns.click_notification/detail#Intent;scheme=pushscheme;launchFlags=0x4000000;end",
    );
  } else {
    if (config.resourcesID === "calls") message.extra("channel_id", "calls");
    message.extra("notify_effect", "1");
  }
  return message;
}

function differences(ours, theirs) {
  const [one, other] = [ours, theirs].map((body) => new Map(new URLSearchParams(body)));
  return [...new Set([...one.keys(), ...other.keys()])]
    .sort()
    .filter((name) => one.get(name) !== other.get(name))
    .map((name) => `${name}: ours ${one.get(name)}, xiaomi-push ${other.get(name)}`);
}

const recorded = JSON.parse(readFileSync(process.argv[2], "utf8"));
const pushes = recorded.pushes.filter((push) => push.vendor === "xiaomi");
if (pushes.length < 5) check("recorded pushes", [`only ${pushes.length}`]);
const { seen, server, url } = await recorder();
const sender = new Notification({ production: true, appSecret: SECRET });
sender.apis.regid = url + PATH;
for (const push of pushes) {
  await sender.send(push.body.registration_id, messageOf(push));
  const theirs = seen.at(-1);
  const faults = differences(push.raw_body, theirs.body);
  if (push.path !== theirs.path) faults.push(`path: ${push.path}, ${theirs.path}`);
  for (const name of ["authorization", "content-type"]) {
    // A charset may follow the type.
    const [one, other] = [push, theirs].map((request) => request.headers[name]?.split(";")[0]);
    if (one !== other) faults.push(`${name}: ours ${one}, xiaomi-push ${other}`);
  }
  check(`as xiaomi-push sends it: ${push.scenario}`, faults);
}
server.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
