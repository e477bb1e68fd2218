import { stagePlugin } from '../stage.ts';

/** The probability of spam, by the owner's model; alone by the instance's. */
export const { register, hook_init_master, hook_init_child, hook_data, hook_data_post, shutdown } =
  stagePlugin('score', {
    field: 'Score',
    results({ findings: { score } }) {
      if (!score) return null;
      const { score: probability, verdict, harmful, importance, reasons, model } = score;
      return { score: probability, verdict, harmful, importance, reasons, model };
    },
    summary({ findings: { score } }) {
      if (!score) return 'unknown';
      const probability = score.score === null ? 'unknown' : score.score.toFixed(4);
      const reasons = score.reasons.slice(0, 8).map(reason => reason.id);
      return `${probability}; verdict=${score.verdict}; reasons=${reasons.join(',') || 'none'}`;
    },
  });
