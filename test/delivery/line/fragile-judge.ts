import { parentPort, threadId, workerData } from 'node:worker_threads';
import type { JudgeReply, JudgeRequest, Ping } from '../../../delivery/judge.ts';
import { answerPing, isTakenOver, noteRunning, type Pulse } from '../../../delivery/pulse.ts';

// A judge thread that speaks the pool's protocol and does what the message says: `block` never comes back while it is
// judged, `busy` keeps the thread busy until others take over what waits behind it, `die` ends the thread, `wait`
// answers after a while; anything else is answered with how it was asked. `busy` and `where` (with anything behind it),
// which waits too, name their thread.
const { pulse } = workerData as { pulse: Pulse };

parentPort?.on('message', (request: JudgeRequest | Ping) => {
  if ('ping' in request) answerPing(pulse, request.ping);
  else if (!isTakenOver(pulse, request.id)) judge(request);
});

function judge({ id, arrival, unjudged }: JudgeRequest): void {
  noteRunning(pulse, id);
  const word = Buffer.from(arrival.raw).toString();
  if (word === 'die' && !unjudged) process.exit(1);
  if (word === 'block' && !unjudged) for (;;);
  if (word === 'busy' && !unjudged) while (!isTakenOver(pulse, id));
  const isAsked = word.startsWith('where');
  const value = isAsked || (word === 'busy' && !unjudged) ? threadId : { word, unjudged };
  const counts = { failed: unjudged ? ['score'] : [], judgings: [], lessons: 0 };
  const reply: JudgeReply = { id, ok: true, value, counts };
  setTimeout(() => parentPort?.postMessage(reply), isAsked || word === 'wait' ? 1800 : 0);
}
