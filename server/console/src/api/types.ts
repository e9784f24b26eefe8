/** What the administration interface answers, as described in docs/admin-api.md. Times are UTC milliseconds. */

export interface Apps {
  version: string;
  apps: { app_id: number }[];
}

export interface Exchange {
  request_line: string;
  request_headers: [string, string][];
  request_body: string;
  /** 0 = no answer. */
  status: number;
  response_headers: [string, string][];
  response_body: string;
}

export interface Stage {
  name: string;
  ok: boolean;
  outcome: string;
  detail: string;
  exchange?: Exchange;
}

export interface DebugAnswer {
  delivered: boolean;
  stages: Stage[];
  token?: string;
}

export interface LogRow {
  id: number;
  time: number;
  request_id: string;
  user_id: string;
  push_id: string;
  subject: string;
  stage: string;
  outcome: string;
  detail: string;
  exchange?: Exchange;
}

export interface LogAnswer {
  /** Newest first. */
  rows: LogRow[];
  /** For older rows; absent at the end. */
  next_before?: number;
}
