import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBeaconAddress, isUnseen } from '../../../../webmail/api/pictures/beacon.ts';

const beacons = [
  'https://shop.us1.list-manage.com/track/open.php?u=1&id=2',
  'https://mandrillapp.com/track/open.php?u=1',
  'https://u1.ct.sendgrid.net/wf/open?upn=abc',
  'https://u1.ct.sendgrid.net/ss/o/u001.abc/4aa/x/ho.gif',
  'http://email.mg.example/o/eJwabc/open.gif',
  'https://track.hubspot.example/e2t/to/abc',
  'https://example.com/e3t/o/abc',
  'https://news.example/pixel.gif?r=1',
  'https://news.example/img/1x1.png',
  'https://news.example/tracking/pixel/2',
  'https://news.example/mail-open/77',
  'https://news.example/opentrack/77',
  'https://pixel.news.example/x',
  'https://open.spring.example/x',
  'https://www.google-analytics.com/collect?v=1',
  'https://stats.example/r/collect?v=1',
  'https://stats.example/matomo.php?rec=1',
  'https://www.mailtrack.io/trace/mail/abc.png',
  'https://NEWS.example/Track/Open.php',
];
const pictures = [
  'https://cdn.example/boat.png',
  'https://cdn.example/tracks/railway.jpg',
  'https://cdn.example/openings/spring.gif',
  'https://cdn.example/pixels/art.png',
  'https://cdn.example/images/open-house.jpg',
  'https://mcusercontent.com/0123456789abcdef/images/0123.png',
  'https://opening.example/logo.png',
  'https://cdn.example/email/header.png',
  'https://cdn.example/collections/summer.webp',
  'data:image/gif;base64,AA==',
  'not an address',
];

test('addresses that only report reading are told from pictures', () => {
  assert.deepEqual(
    beacons.filter(address => !isBeaconAddress(address)),
    [],
  );
  assert.deepEqual(pictures.filter(isBeaconAddress), []);
});

test('a picture that nobody could see is one of a point or two, of no side, or hidden without a size', () => {
  const image = (width: number | null, height: number | null, hidden = false) =>
    isUnseen({ src: '', width, height, hidden });
  const unseen = [image(1, 1), image(0, 50), image(2, 3), image(1, null), image(null, null, true)];
  const seen = [image(null, null), image(600, 1), image(1, 20), image(40, null), image(600, 200, true)];
  assert.deepEqual([unseen.includes(false), seen.includes(true)], [false, false]);
});
