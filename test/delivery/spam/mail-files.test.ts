import assert from 'node:assert/strict';
import { closeSync, mkdirSync, openSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { listMailFiles, readMailFile } from '../../../delivery/spam/mail-files.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const line = 'From demo@sender.example Mon Mar  3 10:00:00 2025';

function withFiles(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder(t);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text, 'latin1');
  }
  return folder;
}

/** Place below the folder and text of each message, in order. */
function messagesIn(folder: string, name = ''): [string, string][] {
  return listMailFiles(name ? join(folder, name) : folder).map(file => [
    file.path.slice(folder.length + 1),
    Buffer.from(readMailFile(file)).toString('latin1'),
  ]);
}

test('a mailbox file is as many messages as it holds, without separators and escapes', t => {
  const texts = [
    'Subject: one\n\ntext\n\n>From here on\n>>From there\n',
    'Subject: two\n\nno end',
    'Subject: three\n\nFrom now on, no separator\n\nFrom us to you\n',
    '\nno header\n',
  ];
  const escaped = texts.map(text => text.replace(/^(>*From )/gm, '>$1'));
  for (const ending of ['\n', '\r\n']) {
    const all = `${escaped.map(text => `${line}\n${text}${text.endsWith('\n') ? '' : '\n'}`).join('\n')}\n`;
    const folder = withFiles(t, { 'all.mbox': all.replaceAll('\n', ending) });
    const expected = texts
      .slice(0, 3)
      .map((text, at) => [`all.mbox:${at + 1}`, `${text}${text.endsWith('\n') ? '' : '\n'}`]);
    // What follows a separator must look like a header: the fourth is text of the third.
    const read = messagesIn(folder);
    assert.deepEqual(
      read.slice(0, 2),
      expected.slice(0, 2).map(([path, text]) => [path, text?.replaceAll('\n', ending)]),
    );
    assert.equal(read.length, 3);
    assert.ok(read[2]?.[1].startsWith(expected[2]?.[1]?.replaceAll('\n', ending) ?? '-'));
    assert.ok(read[2]?.[1].endsWith(`no header${ending}`));
  }
});

test('separators of other programs are known, and words that begin a sentence are none', t => {
  const separators = [
    'From - Mon Mar 03 10:00:00 2025',
    'From MAILER-DAEMON Mon Mar  3 10:00:00 2025',
    'From a@b.example Mon Mar  3 10:00 2025 remote from c',
    'From a@b.example Mon Mar  3 10:00:00 CET 2025',
    'From a at b.example  Mon Mar  3 10:00:00 2025',
    'From a@b.example Mon, 3 Mar 2025 10:00:00 +0100',
    'From "a b"@c.example Mon Mar  3 10:00:00 +0100 2025',
  ];
  const text = (at: number) =>
    `Subject: ${at}\n\nFrom Monday to Friday in March\nSubject: x\n\nFrom the start\nSubject: y\n`;
  const folder = withFiles(t, { all: separators.map((first, at) => `${first}\n${text(at)}\n`).join('') });
  assert.deepEqual(
    messagesIn(folder),
    separators.map((_, at) => [`all:${at + 1}`, text(at)]),
  );
});

test('a message alone in its file is known by the name of the file, with or without a line of a mailbox on top', t => {
  const folder = withFiles(t, {
    'a.eml': `${line}\nSubject: a\n\n>From b\n`,
    'b.eml': 'Subject: b\n\n>From c\n',
    c: '',
  });
  assert.deepEqual(messagesIn(folder), [
    ['a.eml', 'Subject: a\n\nFrom b\n'],
    ['b.eml', 'Subject: b\n\n>From c\n'],
    ['c', ''],
  ]);
  assert.deepEqual(messagesIn(folder, 'b.eml'), [['b.eml', 'Subject: b\n\n>From c\n']]);
});

test('of a Maildir, cur and new are read, of its folders too; what the server keeps there is not mail', t => {
  const folder = withFiles(t, {
    'Maildir/cur/1:2,S': 'Subject: 1\n\n',
    'Maildir/new/2': 'Subject: 2\n\n',
    'Maildir/tmp/3': 'Subject: half of',
    'Maildir/dovecot-uidlist': '3 V1',
    'Maildir/.Sent/cur/4:2,': 'Subject: 4\n\n',
    'Maildir/.Sent/new/.keep': '',
    'Maildir/.Sent/tmp/5': 'Subject: half of',
    'Maildir/.Sent/maildirfolder': '',
  });
  assert.deepEqual(
    messagesIn(folder).map(([path]) => path),
    ['Maildir/.Sent/cur/4:2,', 'Maildir/cur/1:2,S', 'Maildir/new/2'],
  );
});

test('links that lead round in circles end, and those to messages are followed', t => {
  const folder = withFiles(t, { 'a/1': 'Subject: 1\n\n', 'b/.hidden': '' });
  symlinkSync('..', join(folder, 'a/up'));
  symlinkSync('../a/1', join(folder, 'b/2'));
  symlinkSync('nowhere', join(folder, 'b/3'));
  const paths = messagesIn(folder).map(([path]) => path);
  assert.deepEqual([paths.includes('a/1'), paths.includes('b/2'), paths.length < 10], [true, true, true]);
});

test('a mailbox file of 200 MB is read without being held in memory', t => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'large');
  const file = openSync(path, 'w');
  // A length that has nothing to do with that of the pieces, so that separators lie everywhere in them.
  const text = `${line}\nSubject: large\n\n${'From a line to a line of text\n'.repeat(3331)}\n`;
  for (let at = 0; at < 2000; at++) writeSync(file, text);
  closeSync(file);
  const before = process.memoryUsage.rss();
  const files = listMailFiles(path);
  const grown = process.memoryUsage.rss() - before;
  assert.equal(files.length, 2000);
  const whole = `Subject: large\n\n${'From a line to a line of text\n'.repeat(3331)}`;
  for (const file of [files[0], files[999], files[1999]]) {
    assert.ok(file);
    assert.equal(Buffer.from(readMailFile(file)).toString(), whole);
  }
  assert.ok(grown < 64e6, `${grown} octets`);
});
