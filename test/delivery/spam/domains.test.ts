import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asciiHost,
  hostParts,
  isNumericHost,
  registeredDomain,
  shownHostOf,
} from '../../../delivery/spam/domains.ts';
import { readLink } from '../../../delivery/spam/links.ts';
import { imitatedName, indexNames, skeletonOf } from '../../../delivery/spam/look-alike.ts';
import { innerTargets } from '../../../delivery/spam/nested-links.ts';
import { foldedWords } from '../../../delivery/spam/wordings.ts';

test('the registered domain follows the public suffix list', () => {
  for (const [host, domain] of [
    ['www.shop.example', 'shop.example'],
    ['a.b.shop.co.uk', 'shop.co.uk'],
    ['www.ville.gouv.fr', 'ville.gouv.fr'],
    ['x.pages.dev', 'x.pages.dev'],
    ['a.s3.eu-west-1.amazonaws.com', 'a.s3.eu-west-1.amazonaws.com'],
    ['city.kawasaki.jp', 'city.kawasaki.jp'],
    ['192.0.2.1', '192.0.2.1'],
    ['localhost', 'localhost'],
    ['', ''],
  ]) {
    assert.equal(registeredDomain(host ?? ''), domain, host);
  }
  assert.equal(hostParts('x.pages.dev').isTenant, true);
  assert.equal(hostParts('shop.co.uk').isTenant, false);
});

test('a number is a number in every way that browsers read one', () => {
  for (const host of ['1.2.3.4', '16909060', '0x1020304', '01.02.03.04', '[::1]', '012152606204']) {
    assert.ok(isNumericHost(host), host);
  }
  for (const host of ['a.example', '1.2.3.4.example', '4chan.example', ''])
    assert.ok(!isNumericHost(host), host);
});

test('hosts are compared as ASCII and shown as letters', () => {
  assert.equal(asciiHost('bücher.example'), 'xn--bcher-kva.example');
  assert.equal(shownHostOf('xn--bcher-kva.example'), 'bücher.example (xn--bcher-kva.example)');
  assert.equal(shownHostOf('a.example'), 'a.example');
  assert.equal(readLink('HTTP://Bücher.Example./x', null).host, 'xn--bcher-kva.example');
});

test('texts that look alike have the same skeleton', () => {
  for (const [one, other] of [
    ['paypal', 'pаypal'],
    ['paypal', 'paypa1'],
    ['microsoft', 'rnicrosoft'],
    ['Crédit', 'CREDIT'],
    ['wise', 'vvise'],
    ['Αpple', 'apple'],
  ] as const) {
    assert.equal(skeletonOf(one), skeletonOf(other), other);
  }
  assert.notEqual(skeletonOf('paypal'), skeletonOf('papal'));
});

test('an imitation is one slip away from a name of six letters and more, and never the name', () => {
  const names = indexNames(['paypal', 'wise', 'coinbase']);
  for (const name of ['paypa1', 'paypall', 'pypal', 'apypal', 'paypol', 'w1se', 'conbase']) {
    assert.equal(
      imitatedName(name, names),
      name === 'w1se' ? null : name.startsWith('co') ? 'coinbase' : 'paypal',
      name,
    );
  }
  for (const name of ['paypal', 'paypals', 'wist', 'rise', 'payroll', 'base', 'a'.repeat(80)]) {
    assert.equal(imitatedName(name, names), null, name);
  }
});

test('targets inside a target are found however they are written', () => {
  for (const path of [
    '/?u=https://b.example/x',
    '/?u=https%3A%2F%2Fb.example%2Fx',
    '/?u=https%253A%252F%252Fb.example%252Fx',
    `/?u=${Buffer.from('https://b.example/x').toString('base64')}`,
  ]) {
    assert.deepEqual(innerTargets('a.example', path), ['https://b.example/x'], path);
  }
  assert.deepEqual(innerTargets('a.example', '/wiki/Http_and_https'), []);
  assert.deepEqual(innerTargets('a.example', `/${'%'.repeat(2000)}`), []);
});

test('masked words are read as what they look like', () => {
  assert.deepEqual(foldedWords('Vérifiez vo\u200btre с\u043empte, 𝗻𝗼𝘄'), [
    'verifiez',
    'votre',
    'compte',
    'now',
  ]);
  assert.deepEqual(foldedWords('Привет, Straße'), ['привет', 'strasse']);
});
