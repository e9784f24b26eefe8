// Lets the mock server of pushy (Maven: com.eatthepath:pushy), with its validating handler, judge what the real dispatcher
// sends to Apple.
//
// Usage: node check.mjs ZIM_FOREIGN_PUSH FOLDER CLASS_PATH_FILE
// Prints a line per check and ends with "N passed, M failed".

import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { certificates, counter, differences, message, send } from "../push.mjs";

const [program, folder, classPathFile] = process.argv.slice(2);
const classPath = readFileSync(classPathFile, "utf8").trim();
const { check, end } = counter();
const [KEY, TEAM, TOPIC] = ["ABC123DEFG", "DEF123GHIJ", "com.example.app"];
const token = (byte) => byte.repeat(32);
const [ALIVE, VOIP, ENDED, UNKNOWN] = ["a1", "b2", "c3", "d4"].map(token);

certificates(program, folder);
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
writeFileSync(join(folder, "apns.p8"), privateKey.export({ type: "pkcs8", format: "pem" }));
writeFileSync(join(folder, "apns-public.pem"), publicKey.export({ type: "spki", format: "pem" }));

const source = new URL("MockApns.java", import.meta.url).pathname;
const server = spawn("java", ["-cp", classPath, source, folder, KEY, TEAM, TOPIC, ALIVE, VOIP, `-${ENDED}`], {
  stdio: ["pipe", "pipe", "inherit"],
});
const seen = [];
const port = await new Promise((resolve, reject) => {
  server.on("exit", () => reject(new Error("pushy's server does not start")));
  createInterface({ input: server.stdout }).on("line", (line) => {
    const words = line.split(" ");
    if (words[0] === "port") return resolve(Number(words[1]));
    const fields = Object.fromEntries(
      words.filter((word) => word.includes("=")).map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]),
    );
    const body = Buffer.from(fields.body, "hex").toString();
    seen.push({ accepted: words[0] === "accepted", line, ...fields, body: body && JSON.parse(body) });
  });
});

const credential = {
  vendor: "apns",
  app_id: 1,
  bundle_id: TOPIC,
  key_file: "apns.p8",
  key_id: KEY,
  team_id: TEAM,
  endpoint: `https://localhost:${port}`,
  root_certificates: "ca.pem",
};
const strategies = {
  quiet: { apple: { push_type: "silent" } },
  calls: { apple: { push_type: "voip" } },
  loud: { apple: { sound: "ring.caf", mutable_content: true } },
};
const order = (pushes, more = {}) => ({ credential: { ...credential, ...more }, strategies, pushes });
const plain = message();

const scenarios = [
  ["a message", plain, ["alert", "10", TOPIC]],
  ["a grouped message", message({ resources_id: "loud", thread_id: "chat", badge: 7 }), ["alert", "10", TOPIC]],
  ["a silent push", message({ resources_id: "quiet" }), ["background", "5", TOPIC]],
  [
    "a ringing call",
    message({ subject: "call_invite", call_id: "42", resources_id: "calls" }),
    ["voip", "10", `${TOPIC}.voip`],
  ],
  ["only a badge", message({ subject: "badge", badge: 2 }), ["alert", "10", TOPIC]],
  ["a text that is cut", message({ content: "长👨‍👩‍👧‍👦".repeat(400) }), ["alert", "10", TOPIC]],
];
const pushes = scenarios.map(([, intent]) => ({ token: ALIVE, voip_token: VOIP, intent }));
const outcomes = await send(program, folder, order(pushes));
scenarios.forEach(([name, , expected], index) => {
  const faults = outcomes[index].outcome === "delivered" ? [] : [JSON.stringify(outcomes[index])];
  const id = `request-${index + 1}`;
  const request = seen.find(({ body }) => body?.zego?.zpns_request_id === id);
  if (!request?.accepted) return check(`${name} is accepted`, [...faults, request?.line ?? "it did not arrive"]);
  const sent = [request["apns-push-type"], request["apns-priority"], request["apns-topic"]];
  check(`${name} is accepted`, [...faults, ...differences("headers", sent, expected)]);
});

const many = await send(program, folder, order(Array.from({ length: 200 }, () => ({ token: ALIVE, intent: plain }))));
const lost = many.filter(({ outcome }) => outcome !== "delivered");
check("two hundred over one connection are all accepted", lost.map((one) => JSON.stringify(one)));

const [ended] = await send(program, folder, order([{ token: ENDED, intent: plain }]));
check("an ended token (410 with its time) is dead", differences("outcome", ended.outcome, "token_invalid"));
const [unknown] = await send(program, folder, order([{ token: UNKNOWN, intent: plain }]));
// Without a success before it may be the other environment's.
check("BadDeviceToken is a misconfiguration at first", differences("outcome", unknown.outcome, "misconfigured"));
const [topic] = await send(program, folder, order([{ token: ALIVE, intent: plain }], { bundle_id: "com.example.other" }));
check("another topic is a misconfiguration", differences("outcome", topic.outcome, "misconfigured"));
const [team] = await send(program, folder, order([{ token: ALIVE, intent: plain }], { team_id: "XXXXXXXXXX" }));
check("another team is a misconfiguration", differences("outcome", team.outcome, "misconfigured"));
server.stdin.end();
end();
