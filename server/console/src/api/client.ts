/** Calls of the administration interface. The token travels in a header, never in an address or a cookie. */

/** The server refused a call; `parameter` names what was wrong with it, empty if nothing is to be named. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly parameter: string,
    message: string,
  ) {
    super(message);
  }
}

/** The server was not reached. */
export class NetworkError extends Error {}

/** Parts of a query; empty and absent ones are left out. */
export type Query = Record<string, string | number | undefined>;

/** `?a=1&b=2`, or nothing. */
export function queryText(query: Query): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') {
      parts.set(name, String(value));
    }
  }
  const text = parts.toString();
  return text && `?${text}`;
}

export class Api {
  /** `signOut` is called when the server no longer knows the token. */
  constructor(
    private readonly token: string,
    private readonly signOut: () => void,
  ) {}

  get<T>(path: string, query: Query = {}): Promise<T> {
    return this.call('GET', path + queryText(query));
  }

  post<T>(path: string, body: unknown, query: Query = {}): Promise<T> {
    return this.call('POST', path + queryText(query), body);
  }

  put<T>(path: string, body: unknown, query: Query = {}): Promise<T> {
    return this.call('PUT', path + queryText(query), body);
  }

  delete<T>(path: string, query: Query = {}): Promise<T> {
    return this.call('DELETE', path + queryText(query));
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.token}` };
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
    }
    let response: Response;
    try {
      response = await fetch(`/admin/v1${path}`, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
      });
    } catch {
      throw new NetworkError();
    }
    const answer: unknown = await response.json().catch(() => ({}));
    if (response.ok) {
      return answer as T;
    }
    if (response.status === 401) {
      this.signOut();
    }
    const fault = answer as { parameter?: string; error?: string };
    throw new ApiError(response.status, fault.parameter ?? '', fault.error ?? response.statusText);
  }
}
