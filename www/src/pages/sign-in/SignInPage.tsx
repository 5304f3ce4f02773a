import { Alert, Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconInfoCircle } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useSignIn } from '@/entities/me';
import { Problem } from '@/shared/api';
import { texts } from '@/shared/texts';
import { Brand, ProblemAlert, required } from '@/shared/ui';
import classes from './SignInPage.module.css';

const words = texts.signIn;

/** Stands at whatever address was asked for, so that after signing in one is where one wanted to be. */
export function SignInPage({ isExpired }: { isExpired: boolean }) {
  const signIn = useSignIn();
  const form = useForm({
    initialValues: { user: '', password: '' },
    validate: { user: required(words.userMissing), password: required(words.passwordMissing) },
  });
  useEffect(() => {
    document.title = `${words.title} · Holdfast`;
  }, []);
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <Brand />
        <div>
          <Title order={1}>{words.title}</Title>
          <Text c="dimmed">{words.lead}</Text>
        </div>
        {isExpired && !signIn.error && (
          <Alert icon={<IconInfoCircle aria-hidden />} role="status">
            {words.expired}
          </Alert>
        )}
        <form
          noValidate
          onSubmit={form.onSubmit((values) => {
            signIn.mutate(values, {
              onError: () => {
                form.setFieldValue('password', '');
              },
            });
          })}
        >
          <Stack>
            <TextInput label={words.user} autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus size="md" {...form.getInputProps('user')} />
            <PasswordInput label={words.password} autoComplete="current-password" size="md" {...form.getInputProps('password')} />
            <ProblemAlert error={explained(signIn.error)} />
            <Button type="submit" size="md" loading={signIn.isPending} fullWidth>
              {words.submit}
            </Button>
          </Stack>
        </form>
      </div>
    </main>
  );
}

/** The two problems that people meet here, in their words. */
function explained(error: unknown): unknown {
  if (!(error instanceof Problem)) return error;
  const { status, code } = error;
  const mine = (title: string, todo: string) => new Problem({ status, code, title, detail: '', todo });
  if (status === 401) return mine(words.wrong, words.wrongTodo);
  if (code === 'too-many-tries') return mine(words.tooMany, words.tooManyTodo(15));
  return error;
}
