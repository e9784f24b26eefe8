import { afterEach, expect, test, vi } from 'vitest';
import { Api, ApiError, NetworkError } from '../src/api/client';

afterEach(() => vi.unstubAllGlobals());

function answering(status: number, body: string) {
  const fetch = vi.fn(async (_: string, __: RequestInit) => new Response(body || null, { status }));
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

test('the token travels in a header and never in the address', async () => {
  const fetch = answering(200, '{"rows":[]}');
  await new Api('s3cret', () => {}).get('/push/log', { user_id: 'bob' });
  const [address, request] = fetch.mock.calls[0]!;
  expect(address).toBe('/admin/v1/push/log?user_id=bob');
  expect(request.headers).toEqual({ Authorization: 'Bearer s3cret' });
  expect(request.credentials).toBe('omit');
});

test('a refusal names the parameter', async () => {
  answering(400, '{"parameter":"push_id","error":"is not a PushID"}');
  const refusal = await new Api('t', () => {}).post('/push/debug', {}).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(ApiError);
  expect(refusal).toMatchObject({ status: 400, parameter: 'push_id', message: 'is not a PushID' });
});

test('a token that is no longer taken signs out', async () => {
  answering(401, '{"parameter":"","error":"wrong"}');
  const signOut = vi.fn();
  await expect(new Api('t', signOut).get('/apps')).rejects.toMatchObject({ status: 401 });
  expect(signOut).toHaveBeenCalledOnce();
});

test('an answer without a body is an answer', async () => {
  answering(204, '');
  await expect(new Api('t', () => {}).delete('/certificates/7')).resolves.toEqual({});
});

test('a server out of reach is told apart from one that refuses', async () => {
  vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('Failed to fetch')));
  await expect(new Api('t', () => {}).get('/apps')).rejects.toBeInstanceOf(NetworkError);
});
