/** What the administration interface answers, as described in docs/admin-api.md. Times are UTC milliseconds. */
import type { Strategy } from '../strategy/fields';

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
  response_headers?: [string, string][];
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

/** Outcome → how often. */
export type Counts = Record<string, number>;

export interface Point {
  /** Its start. */
  time: number;
  connections: number;
  messages: number;
  calls: number;
  /** By vendor, then outcome. */
  pushes: Record<string, Counts>;
}

export interface Overview {
  now: number;
  started_at: number;
  connections: number;
  user_sessions: number;
  queued_pushes: number;
  users: number;
  push_ids: number;
  credentials: {
    name: string;
    vendor: string;
    in_flight: number;
    breaker_open: boolean;
    expires_at?: number;
    answers: Counts;
  }[];
  step: number;
  points: Point[];
}

/** What identifies a credential at its vendor. */
export type Identity = Partial<
  Record<
    | 'key_id'
    | 'team_id'
    | 'subject'
    | 'serial'
    | 'topics'
    | 'project_id'
    | 'client_email'
    | 'private_key_id'
    | 'sub_account'
    | 'huawei_app_id'
    | 'vivo_app_id'
    | 'app_key'
    | 'package'
    | 'public_key',
    string
  >
>;

export interface Certificate {
  id: string;
  source: 'uploaded' | 'config';
  /** Absent if it is not used. */
  vendor?: string;
  app_type: number;
  bundle_id: string;
  name: string;
  kind: 'key' | 'certificate' | 'service_account' | 'secret';
  identity?: Identity;
  expires_at?: number;
  added_at?: number;
  /** Why it is not used. */
  error?: string;
}

export interface StrategyEntry {
  resources_id: string;
  source: 'uploaded' | 'config';
  strategy: Strategy;
}

export interface StrategyList {
  strategies: StrategyEntry[];
}

/** What one credential would send, or why it would not. */
export interface Preview {
  vendor: string;
  credential: string;
  headers?: Record<string, string>;
  body?: string;
  warnings?: string[];
  error?: string;
}

export interface User {
  user_id: string;
  user_name: string;
  online: boolean;
  has_logged_in: boolean;
  created_at: number;
}

export interface PushId {
  push_id: string;
  vendor: string;
  environment: string;
  bundle_id: string;
  app_type: number;
  device_id: string;
  platform: number;
  /** -1 = never reported. */
  badge: number;
  registered_at: number;
  suspect_count: number;
}

export interface Device {
  device_id: string;
  platform: number;
  online: boolean;
  logged_in: boolean;
  last_seen: number;
}

export interface UserDetail extends User {
  devices: Device[];
  push_ids: PushId[];
}

export interface Tokens {
  token: string;
  voip_token: string;
}

export interface LogRow {
  id: number;
  time: number;
  request_id: string;
  user_id: string;
  push_id: string;
  subject: string;
  /** Empty while no vendor is involved. */
  vendor: string;
  stage: string;
  outcome: string;
  detail: string;
  has_exchange: boolean;
}

export interface LogAnswer {
  /** Newest first. */
  rows: LogRow[];
  /** For older rows; absent at the end. */
  next_before?: number;
}

export interface LogEntry extends LogRow {
  exchange?: Exchange;
}
