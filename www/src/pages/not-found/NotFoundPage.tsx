import { Button } from '@mantine/core';
import { IconMapQuestion } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

const words = texts.shell.notFound;

export function NotFoundPage() {
  return (
    <Page title={words.title}>
      <Surface>
        <EmptyState
          icon={IconMapQuestion}
          title={words.title}
          action={
            <Button component={Link} to="/">
              {words.home}
            </Button>
          }
        >
          {words.body}
        </EmptyState>
      </Surface>
    </Page>
  );
}
