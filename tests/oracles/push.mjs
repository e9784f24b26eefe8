// What the checks have in common that let the real dispatcher send to a server which is not ours.

import { spawn, spawnSync } from "node:child_process";

/** Counts and prints checks; `end()` prints "N passed, M failed" and leaves. */
export function counter() {
  let passed = 0;
  let failed = 0;
  return {
    check(name, faults) {
      faults.length === 0 ? passed++ : failed++;
      console.log(`${faults.length === 0 ? "ok" : "FAILED"} ${name}`);
      for (const fault of faults) console.log(`    ${fault}`);
    },
    end() {
      console.log(`${passed} passed, ${failed} failed`);
      process.exit(failed === 0 && passed > 0 ? 0 : 1);
    },
  };
}

/** Writes `ca.pem`, `server.pem` and `server.key` for a server on localhost. */
export function certificates(program, folder) {
  const { status } = spawnSync(program, ["certificates", folder], { stdio: "inherit" });
  if (status !== 0) throw new Error("no certificates");
}

/** Sends by the real dispatcher; gives what became of each push. */
export async function send(program, folder, order) {
  const child = spawn(program, ["send", folder], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(order));
  let text = "";
  for await (const part of child.stdout) text += part;
  return JSON.parse(text);
}

/** A push of a message; `more` changes it. */
export function message(more = {}) {
  return {
    subject: "message",
    subject_id: "message:7",
    title: "Ann & Bob",
    content: "Are you there? 在吗 👋",
    payload: '{"order":"№ 7","path":"a/b?c=d&e"}',
    ...more,
  };
}

/** Whether two values are the same JSON. */
export function differences(name, got, expected) {
  const sorted = (value) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]))
      : value;
  const [one, other] = [got, expected].map((value) => JSON.stringify(sorted(value)));
  return one === other ? [] : [`${name}: ${one}, expected ${other}`];
}
