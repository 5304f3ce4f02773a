import { Radio, Text } from '@mantine/core';
import type { Mode } from '@/entities/restore';
import { texts } from '@/shared/texts';
import { Status } from '@/shared/ui';
import type { Tone } from '@/shared/ui';
import classes from './RestorePage.module.css';

const words = texts.restore.target;
const MODES: readonly (readonly [Mode, Tone])[] = [
  ['swap', 'ok'],
  ['new', 'ok'],
  ['in_place', 'warn'],
];

/** What happens, in plain words, for each of the three ways. */
export function ModeChoice({ value, onChange, hasDatabases }: { value: Mode; onChange: (mode: Mode) => void; hasDatabases: boolean }) {
  return (
    <Radio.Group
      aria-label={words.title}
      value={value}
      onChange={(mode) => {
        onChange(mode as Mode);
      }}
    >
      <div className={classes.modes}>
        {MODES.map(([mode, tone]) => (
          <Radio.Card key={mode} value={mode} className={classes.mode} disabled={!hasDatabases && mode !== 'new'} aria-label={words.mode[mode].title}>
            <span className={classes.modeHead}>
              <Radio.Indicator />
              <Text fw={600} component="span">
                {words.mode[mode].title}
              </Text>
            </span>
            <Text size="sm" component="span" display="block" my={6}>
              {words.mode[mode].body}
            </Text>
            <Status tone={tone} plain>
              {words.mode[mode].tag}
            </Status>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}
