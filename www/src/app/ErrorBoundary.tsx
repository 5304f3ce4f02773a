import { Button, Stack } from '@mantine/core';
import { Component } from 'react';
import type { ReactNode } from 'react';
import { texts } from '@/shared/texts';
import { ProblemAlert } from '@/shared/ui';

/** A page that fails (or whose files a newer version has replaced) does not take the shell with it. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    const reload = (
      <Button
        size="xs"
        onClick={() => {
          window.location.reload();
        }}
      >
        {texts.shell.broken.reload}
      </Button>
    );
    return (
      <Stack>
        <ProblemAlert error={this.state.error} actions={reload} />
      </Stack>
    );
  }
}
