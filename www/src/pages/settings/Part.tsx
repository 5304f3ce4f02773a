import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Surface } from '@/shared/ui';

export function Part({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  return (
    <Surface label={title}>
      <Stack gap="md">
        <div>
          <Title order={2}>{title}</Title>
          {lead && (
            <Text c="dimmed" maw="48rem">
              {lead}
            </Text>
          )}
        </div>
        {children}
      </Stack>
    </Surface>
  );
}
