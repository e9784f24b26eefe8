import { expect, test } from 'vitest';
import { ApiError } from '../src/api/client';
import { FORMS, encoded, faulty, upload } from '../src/certificates/forms';
import { daysLeft, expiryTone } from '../src/ui/expiry';

const form = (id: string) => FORMS.find((form) => form.id === id)!;

test('an APNs certificate is what a table of the configuration file says', async () => {
  const files = await encoded({ certificate_file: new File([new Uint8Array([0, 1, 254, 255])], 'push.p12') });
  const values = { bundle_id: 'com.example', certificate_password: 'pw', environments: 'sandbox', pushes: 'alert' };
  expect(upload(form('apns-certificate'), 7, 2, values, files)).toEqual({
    credential: {
      vendor: 'apns',
      app_id: 7,
      app_type: 2,
      bundle_id: 'com.example',
      certificate_file: 'push.p12',
      certificate_password: 'pw',
      environments: ['sandbox'],
      pushes: ['alert'],
    },
    files: { 'push.p12': 'AAH+/w==' },
  });
});

test('what was not filled in is left out, numbers and switches are such', () => {
  const values = { vivo_app_id: '10004', app_key: 'k', app_secret: 's', badge: '1', package: '' };
  expect(upload(form('vivo'), 1, 1, values, {}).credential).toEqual({
    vendor: 'vivo',
    app_id: 1,
    app_type: 1,
    vivo_app_id: 10_004,
    app_key: 'k',
    app_secret: 's',
    badge: true,
  });
});

test('a list is typed with commas', () => {
  const hosts = (typed: string) => upload(form('web'), 1, 1, { hosts: typed }, {}).credential.hosts;
  expect(hosts('fcm.googleapis.com, *.push.apple.com ,')).toEqual(['fcm.googleapis.com', '*.push.apple.com']);
  expect(hosts('')).toBeUndefined();
});

test('two files of the same name do not become one', () => {
  const files = {
    key_file: { name: 'a.pem', base64: 'QQ==' },
    root_certificates: { name: 'a.pem', base64: 'Qg==' },
  };
  const sent = upload(form('apns-key'), 1, 1, {}, files);
  expect(sent.files).toEqual({ 'a.pem': 'QQ==', 'root_certificates-a.pem': 'Qg==' });
  expect(sent.credential).toMatchObject({ key_file: 'a.pem', root_certificates: 'root_certificates-a.pem' });
});

test('a refusal belongs to the input that it names', () => {
  const refusal = (parameter: string) => new ApiError(400, parameter, 'is not 10 letters');
  expect(faulty(form('apns-key'), refusal('credential.key_id'))?.name).toBe('key_id');
  expect(faulty(form('fcm'), refusal('credential.key_id')), 'of another form').toBeUndefined();
  expect(faulty(form('fcm'), refusal('credential'))).toBeUndefined();
  expect(faulty(form('fcm'), new Error('key_id'))).toBeUndefined();
});

test('a certificate warns a month ahead', () => {
  const day = 86_400_000;
  expect([-1, 0, 29, 30].map((days) => expiryTone(days * day, 0))).toEqual(['bad', 'bad', 'waiting', 'good']);
  expect(daysLeft(2.5 * day, 0)).toBe(2);
});
