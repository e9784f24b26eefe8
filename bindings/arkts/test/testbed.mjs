// The real server and the vendor doubles (`zim-testbed`), and clients of their own process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const PEER = fileURLToPath(new URL('../peer.mjs', import.meta.url));

/** Lines from a child as an asynchronous queue; null at its end. */
export class Lines {
  #waiting = [];
  #lines = [];

  constructor(stream) {
    const reader = createInterface({ input: stream });
    reader.on('line', (line) => this.#give(line));
    reader.on('close', () => this.#give(null));
  }

  async next() {
    return this.#lines.length > 0 ? this.#lines.shift() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  #give(line) {
    const take = this.#waiting.shift();
    if (take) {
      take(line);
    } else {
      this.#lines.push(line);
    }
  }
}

export class Testbed {
  /** `flags` of the program; `ws://` unless they say otherwise. */
  static async start(flags = ['--plain']) {
    const program = process.env.ZIM_TESTBED;
    if (!program) {
      throw new Error('ZIM_TESTBED names the test bed; `cargo xtask test arkts` sets it');
    }
    const bed = new Testbed();
    bed.child = spawn(program, flags, { stdio: ['pipe', 'pipe', 'inherit'] });
    bed.lines = new Lines(bed.child.stdout);
    Object.assign(bed, JSON.parse(await bed.lines.next()));
    return bed;
  }

  async ask(line) {
    this.child.stdin.write(`${line}\n`);
    const answer = JSON.parse(await this.lines.next());
    if (answer.error) {
      throw new Error(answer.error);
    }
    return answer;
  }

  async token(user) {
    return (await this.ask(`token ${user}`)).token;
  }

  async wait(vendor, count) {
    return (await this.ask(`wait ${vendor} ${count}`)).requests;
  }

  /** A push from the owner's console to one device; what every stage said. */
  async debugPush(pushID, content) {
    const headers = { authorization: `Bearer ${this.admin_token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ push_id: pushID, title: 'Test', content });
    const answer = await fetch(`${this.http_url}/admin/v1/push/debug`, { method: 'POST', headers, body });
    return answer.json();
  }

  async stop() {
    const ended = once(this.child, 'exit');
    this.child.stdin.end('quit\n');
    await ended;
  }
}

/** The `peer` program: another user in a process of its own. */
export class Peer {
  static async login(bed, user) {
    const peer = new Peer();
    peer.child = spawn(process.execPath, [PEER], { stdio: ['pipe', 'pipe', 'inherit'] });
    peer.lines = new Lines(peer.child.stdout);
    await peer.expect(`login ${bed.url} ${bed.app_id} ${user} ${await bed.token(user)}`, 'ok login');
    return peer;
  }

  async expect(line, start) {
    this.child.stdin.write(`${line}\n`);
    return this.until(start);
  }

  async until(start) {
    for (;;) {
      const line = await this.lines.next();
      if (line === null || line.startsWith('error')) {
        throw new Error(`${start} was expected, not ${line}`);
      }
      if (line.startsWith(start)) {
        return line;
      }
    }
  }

  async quit() {
    const ended = once(this.child, 'exit');
    await this.expect('quit', 'ok quit');
    return (await ended)[0];
  }
}

/** Every event of a client, and a wait for the one that fits. */
export class Events {
  all = [];
  #waiting = [];

  constructor(zim, names) {
    for (const name of names) {
      zim.on(name, (...parameters) => {
        this.all.push({ name, data: parameters.at(-1) });
        this.#waiting = this.#waiting.filter((waiter) => !waiter());
      });
    }
  }

  count(name, fits = () => true) {
    return this.all.filter((event) => event.name === name && fits(event.data)).length;
  }

  async until(name, fits = () => true) {
    const find = () => this.all.find((event) => event.name === name && fits(event.data));
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error(`no ${name} in 30 s: ${JSON.stringify(this.all)}`)), 30_000);
      const look = () => {
        const found = find();
        if (found) {
          clearTimeout(deadline);
          resolve(found.data);
        }
        return Boolean(found);
      };
      if (!look()) {
        this.#waiting.push(look);
      }
    });
  }
}
