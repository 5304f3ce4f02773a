import { IconClock, IconHandStop } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { Status } from '@/shared/ui';
import type { Tone } from '@/shared/ui';
import type { JobState } from './queries';

const TONES: Record<JobState, Tone> = { queued: 'quiet', running: 'busy', succeeded: 'ok', failed: 'bad', cancelled: 'quiet' };

export function JobStatus({ state, plain }: { state: JobState; plain?: boolean }) {
  const icon = state === 'queued' ? <IconClock size={16} aria-hidden /> : state === 'cancelled' ? <IconHandStop size={16} aria-hidden /> : undefined;
  return (
    <Status tone={TONES[state]} plain={plain} icon={icon}>
      {texts.jobs.state[state]}
    </Status>
  );
}
