/** The real server, knowing no vendor yet, and doubles of the vendors: `zim-testbed`, which is driven by lines. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';

/** A request as a vendor's double saw it. */
export interface Recorded {
  method: string;
  path: string;
  token: string;
  headers: Record<string, string>;
  body: Record<string, unknown>;
  status: number;
}

export interface Description {
  http_url: string;
  admin_token: string;
  bundle_id: string;
  /** What Apple's and Google's doubles give to an owner of an app. */
  apns: {
    url: string;
    key_file: string;
    key_id: string;
    team_id: string;
    certificate_file: string;
    certificate_password: string;
    root_certificates: string;
  };
  fcm: { url: string; service_account_file: string; root_certificates: string };
  /** And those of the other vendors: members of a `[[credential]]` table. */
  makers: Record<'huawei' | 'harmonyos' | 'xiaomi' | 'oppo' | 'vivo' | 'web', Record<string, string | number>>;
  package: string;
}

export interface Phone {
  push_id: string;
  vendor_token: string;
}

export class Bed {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    readonly about: Description,
  ) {}

  static async start(): Promise<Bed> {
    const program = process.env.ZIM_TESTBED;
    if (!program) {
      throw new Error('ZIM_TESTBED names the test bed; `cargo xtask test console` sets it');
    }
    const child = spawn(program, ['--plain', '--no-credentials'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const reader: Interface = createInterface({ input: child.stdout });
    const lines = reader[Symbol.asyncIterator]();
    return new Bed(child, lines, (await next(lines)) as Description);
  }

  /** A phone of this vendor with this user logged in, switched off. */
  phone(user: string, vendor: string): Promise<Phone> {
    return this.ask(`phone ${user} ${vendor}`);
  }

  /** A message with a push that shows its text. */
  send(from: string, to: string, text: string): Promise<{ message_id: string }> {
    return this.ask(`send ${from} ${to} ${text}`);
  }

  /** Waits until a vendor's double has so many requests. */
  async requests(vendor: string, count: number): Promise<Recorded[]> {
    return (await this.ask<{ requests: Recorded[] }>(`wait ${vendor} ${count}`)).requests;
  }

  forget(): Promise<unknown> {
    return this.ask('forget');
  }

  async ask<T>(line: string): Promise<T> {
    this.child.stdin!.write(`${line}\n`);
    const answer = (await next(this.lines)) as T & { error?: string };
    if (answer.error) {
      throw new Error(`${line}: ${answer.error}`);
    }
    return answer;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      const ended = once(this.child, 'exit');
      this.child.stdin!.end('quit\n');
      await ended;
    }
  }
}

async function next(lines: AsyncIterator<string>): Promise<unknown> {
  const { value, done } = await lines.next();
  if (done) {
    throw new Error('the test bed ended; its log is above');
  }
  return JSON.parse(value as string);
}
