import { Button, Group } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';

/** The files of a report. */
export function Files({ files }: { files: readonly (readonly [href: string, name: string])[] }) {
  return (
    <Group gap="xs" mt="md">
      {files.map(([href, name]) => (
        <Button key={href} component="a" href={href} download variant="default" size="xs" leftSection={<IconDownload size={14} aria-hidden />}>
          {name}
        </Button>
      ))}
    </Group>
  );
}
