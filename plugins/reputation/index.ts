import { stagePlugin } from '../stage.ts';

/** What is known of the sender: verdicts kept here, DNS lists, another filter; alone without what an owner's verdicts say. */
export const { register, hook_init_master, hook_init_child, hook_data, hook_data_post, shutdown } =
  stagePlugin('reputation', ({ findings: { reputation } }) => (reputation ? { ...reputation } : null));
