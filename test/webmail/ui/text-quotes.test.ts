import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isForwardSubject, mayQuote } from '../../../webmail/ui/text.ts';
import { blocksOf, quotedLines, runsOf } from '../../../webmail/ui/text-quotes.ts';
import { assertLinear } from '../../delivery/message/work.ts';

/** What is left to read at once, and what is folded away. */
function parted(text: string, isForward = false): { own: string; quoted: string } {
  const blocks = blocksOf(text, isForward);
  const join = (isQuoted: boolean) =>
    blocks
      .filter(block => block.isQuoted === isQuoted)
      .map(block => block.text)
      .join('\n');
  return { own: join(false), quoted: join(true) };
}

test('quoted lines form blocks of their own', () => {
  assert.deepEqual(blocksOf('Yes.\n\n> Shall we?\n>\n> Me\n\nSee you'), [
    { isQuoted: false, isAnswered: false, text: 'Yes.' },
    { isQuoted: true, isAnswered: false, text: '> Shall we?\n>\n> Me' },
    { isQuoted: false, isAnswered: false, text: 'See you' },
  ]);
});

/** What stands between an answer and the marked lines it quotes, as mail programs write it. */
const attributions = [
  'On Monday Demo Colleague wrote:',
  'On Mon, Nov 30, 2026 at 7:42 AM Demo Friend <friend@friends.example> wrote:',
  'On Mon, Nov 30, 2026 at 7:42 AM Demo Friend With A Long Name\n<friend@friends.example> wrote:',
  'On 30/11/2026 07:42, Demo Friend wrote:\n',
  'Le lun. 30 nov. 2026 à 07:42, Ami de démonstration <ami@poste.example> a écrit :',
  'Le lun. 30 nov. 2026 à 07:42, Ami de démonstration\n<ami@poste.example> a\nécrit :',
  'Le 30/11/2026 à 07:42, Ami a écrit\u00A0:',
  'Am 30.11.26 um 07:42 schrieb Demo Freund <freund@poste.example>:',
  'El lun, 30 nov 2026 a las 7:42, Amiga (<amiga@poste.example>) escribió:',
  'Il giorno lun 30 nov 2026 alle ore 07:42 Amica <amica@poste.example> ha scritto:',
  'Op ma 30 nov 2026 om 07:42 schreef Vriend <vriend@poste.example>:',
  '2026年11月30日(月) 7:42 友人 <tomo@nihon.example>:',
  'Quoting Demo Friend <friend@friends.example>:',
  'Demo Friend writes:',
];

test('the words that say who is quoted are folded with what they stand above', () => {
  for (const attribution of attributions) {
    const text = `Six signs are right.\n\nMe\n\n${attribution}\n> Signs would help.\n> I can make six.\n`;
    const quoted = `${attribution}\n> Signs would help.\n> I can make six.`;
    assert.deepEqual(parted(text), { own: 'Six signs are right.\n\nMe', quoted }, attribution);
  }
});

test('a line that only ends in a colon stays with the writer', () => {
  const text = 'This is what I mean:\n> Signs would help.\nDo you?';
  assert.equal(parted(text).own, 'This is what I mean:\nDo you?');
});

const headers = {
  english:
    'From: Demo Friend <friend@friends.example>\nSent: Monday, November 30, 2026 7:42 AM\nTo: Me\nSubject: Signs',
  french:
    'De : Ami de démonstration <ami@poste.example>\nEnvoyé : lundi 30 novembre 2026 07:42\nÀ : Moi\nObjet : Panneaux',
  german: 'Von: Demo Freund\nGesendet: Montag, 30. November 2026 07:42\nAn: Ich\nBetreff: Schilder',
  bold: '*From:* Demo Friend <friend@friends.example>\n*Sent:* Monday, November 30, 2026 7:42 AM\n*To:* Me\n*Subject:* Signs',
};

test('all that stands under the header fields of an answered message is folded', () => {
  for (const fields of Object.values(headers)) {
    const quoted = `${fields}\n\nSigns would help.\n\nYour friend`;
    assert.deepEqual(parted(`Yes, please.\n\n${quoted}`), { own: 'Yes, please.', quoted });
    const ruled = `________________________________\n${quoted}`;
    assert.deepEqual(parted(`Yes, please.\n\n${ruled}`), { own: 'Yes, please.', quoted: ruled });
  }
});

test('all that stands under a mark of an answered message is folded', () => {
  for (const mark of [
    '-----Original Message-----',
    '-----Message d’origine-----',
    "-----Message d'origine-----",
    '-------- Message original --------',
    '-----Ursprüngliche Nachricht-----',
  ]) {
    const quoted = `${mark}\nFrom: x\n\nSigns would help.`;
    assert.deepEqual(parted(`Yes.\n\n${quoted}`), { own: 'Yes.', quoted }, mark);
  }
});

test('what follows unmarked on words with a date or an address is folded', () => {
  for (const attribution of attributions.slice(1, 7)) {
    const quoted = `${attribution}\n\nSigns would help.\n\nYour friend`;
    assert.deepEqual(parted(`Yes.\n\n${quoted}`), { own: 'Yes.', quoted }, attribution);
  }
});

test('a list of questions, a timetable and a letter about letters stay whole', () => {
  for (const text of [
    'From: the station\nTo: the hall\n\nThat is how you walk.',
    'On Monday I wrote:\nno, never mind.',
    'Le programme :\n09:00 ouverture\n10:00 visite',
    'In 2026 she wrote to a@b.example about this, and asked me:\nwhat now?',
    'Date: Monday\nPlace: here',
  ]) {
    assert.deepEqual(parted(text), { own: text, quoted: '' }, text);
  }
});

test('a message that is passed on is not folded: it is what is meant to be read', () => {
  for (const text of [
    `For you.\n\n---------- Forwarded message ---------\n${headers.english}\n\nSigns would help.`,
    `Pour toi.\n\n---------- Message transféré ---------\n${headers.french}\n\nBonjour`,
    'For you.\n\nBegin forwarded message:\n\n> From: a@b.example\n> Subject: Signs\n>\n> Signs would help.',
  ]) {
    assert.deepEqual(parted(text).quoted, '', text);
  }
  const text = `For you.\n\n${headers.english}\n\nSigns would help.`;
  assert.equal(parted(text, true).quoted, '');
  for (const subject of ['Fwd: Signs', 'FW: Signs', 'TR : Panneaux', '[garden] Fwd: Signs'])
    assert.ok(isForwardSubject(subject), subject);
  for (const subject of ['Re: Fwd: Signs', 'Train', 'I think'])
    assert.ok(!isForwardSubject(subject), subject);
});

test('where all is quoted, nothing is folded', () => {
  assert.deepEqual(parted('> Signs would help.\n> Me').quoted, '');
  assert.deepEqual(parted(`${headers.english}\n\nSigns would help.`).quoted, '');
  assert.deepEqual(blocksOf(''), []);
});

test('answers between the lines keep in sight what they answer, and what stands below them is folded', () => {
  const blocks = blocksOf('> Six?\nYes.\n> Monday?\nTuesday.\n> Me');
  assert.deepEqual(
    blocks.filter(block => block.isQuoted).map(block => block.isAnswered),
    [true, true, false],
  );
});

const anyText = fc.array(
  fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', '> a', '>> b', '  ', 'own', '________________', 'Begin forwarded message:'),
    fc.constantFrom(...attributions, ...Object.values(headers), '-----Original Message-----'),
  ),
);

test('property: folding parts the lines and loses none, and every shown block is of them', () => {
  fc.assert(
    fc.property(anyText, fc.boolean(), (pieces, isForward) => {
      const lines = pieces.join('\n').split('\n');
      const quoted = quotedLines(lines, isForward);
      assert.equal(quoted.length, lines.length);
      assert.deepEqual(
        runsOf(lines, quoted).flatMap(run => run.lines),
        lines,
      );
      const bare = (text: string) => text.replace(/[\s\u202D\u202E]/g, '');
      const shown = blocksOf(lines.join('\n'), isForward).map(block => block.text);
      assert.equal(bare(shown.join('')), bare(lines.join('')));
    }),
    { numRuns: 1000 },
  );
});

test('property: what shows no sign of a quotation quotes nothing', () => {
  fc.assert(
    fc.property(anyText, pieces => {
      const text = pieces.join('\n');
      if (!mayQuote(text)) assert.ok(!quotedLines(text.split('\n'), false).includes(true));
    }),
    { numRuns: 1000 },
  );
  assert.ok(!mayQuote('It hangs behind the third shutter.\n\nYour demo friend'));
});

test('twice the text is twice the work, whatever it is made of', () => {
  for (const piece of [...attributions.slice(0, 3), headers.english, 'a:', 'On a:', '> ', 'From: a', ':']) {
    const make = (amount: number) => `a\n${`${piece}\n`.repeat(amount)}b`;
    assertLinear(make, text => blocksOf(text), 20_000);
    assertLinear(make, mayQuote, 20_000);
  }
});

test('a text of very many blocks becomes few parts of the page, and none of it is lost', () => {
  const blocks = blocksOf('>\na\n'.repeat(100_000));
  assert.ok(blocks.length <= 500);
  assert.equal(
    blocks.map(block => block.text.match(/a/g)?.length ?? 0).reduce((sum, some) => sum + some),
    100_000,
  );
});
