import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseMessage } from '../../../delivery/message/message.ts';
import { summarize } from '../../../delivery/message/summary.ts';
import { foldText, foldWords, placeWords, searchText } from '../../../delivery/search/terms.ts';

const rows: ReadonlyArray<readonly [text: string, folded: string]> = [
  ['', ''],
  ['Hello, World!', 'hello world'],
  ["L’été à l'école, aujourd’hui", 'l ete a l ecole aujourd hui'],
  ['Cœur ŒUVRE æther Straße ẞ', 'coeur oeuvre aether strasse ss'],
  ['ﬁn ＡＢＣ ①', 'fin abc 1'],
  ['İstanbul Łódź Ørsted đ', 'istanbul lodz orsted d'],
  ['Ёлка йод', 'елка иод'],
  ['Άλφα', 'αλφα'],
  ['e\u0301te\u0301', 'ete'],
  ['東京都の天気 Tower', '東京 京都 都の の天 天気 tower'],
  ['東', '東'],
  ['メール ﾒｰﾙ', 'メー ール メー ール'],
  ['がっこう', 'がっ っこ こう'],
  ['메일서비스', '메일 일서 서비 비스'],
  ['iPhone東京12', 'iphone 東京 12'],
  ['jane.doe+tag@example.org', 'jane doe tag example org'],
  ['3.14 2026-01-01', '3 14 2026 01 01'],
  ['a_b-c/d', 'a b c d'],
  ['हिन्दी', 'हिन्दी'],
];

describe('foldText', () => {
  for (const [text, folded] of rows) {
    it(`makes ${JSON.stringify(folded)} of ${JSON.stringify(text)}`, () =>
      assert.equal(foldText(text), folded));
  }

  it('changes nothing when done twice, and gives no punctuation', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), text => {
        const folded = foldText(text);
        assert.match(folded, /^[\p{L}\p{N}\p{M} ]*$/u);
        assert.doesNotMatch(folded, /^ | {2}| $/);
        if (!/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(text)) {
          assert.equal(foldText(folded), folded);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the words of a part of the text where they begin and end at spaces', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 10 }), { maxLength: 6 }), parts => {
        const words = parts.map(part => part.replace(/\s/g, '')).filter(part => !/^\p{M}/u.test(part));
        assert.deepEqual(foldWords(words.join(' ')), words.flatMap(foldWords));
      }),
    );
  });

  it('cuts words that nobody types and texts that never end', () => {
    assert.equal(foldText('x'.repeat(1000)).length, 64);
    assert.ok(foldText('ab '.repeat(500_000)).length <= 200_000);
  });

  it('places the words it gives', () => {
    for (const [text, folded] of rows) {
      assert.equal(
        placeWords(text)
          .map(({ word }) => word)
          .join(' '),
        folded,
      );
      for (const { start, end } of placeWords(text))
        assert.ok(start >= 0 && start < end && end <= text.length);
    }
  });
});

describe('searchText', () => {
  it('folds subject, visible text, names, addresses and file names', () => {
    const message = parseMessage(
      Buffer.from(
        [
          'From: =?utf-8?q?Z=C3=A9?= <zoe@example.org>',
          'To: Bob <bob@example.org>',
          'Cc: c@example.org',
          'Subject: =?utf-8?q?=C3=89t=C3=A9?=',
          'Content-Type: multipart/mixed; boundary=b',
          '',
          '--b',
          'Content-Type: text/html; charset=utf-8',
          '',
          '<p>Voilà<span style="display:none">caché</span>',
          '--b',
          "Content-Disposition: attachment; filename*=utf-8''d%C3%A9mo.pdf",
          '',
          'unread',
          '--b--',
        ].join('\r\n'),
      ),
    );
    assert.deepEqual(searchText(summarize(message), message), {
      subject: 'ete',
      body: 'voila',
      originators: 'ze zoe example org',
      destinations: 'bob bob example org c example org',
      attachments: 'demo pdf',
    });
  });
});
