import { PasswordInput, Select, TextInput } from '@mantine/core';
import type { ComponentProps } from 'react';
import { texts } from '@/shared/texts';
import { people as peopleTexts } from '@/shared/texts/people';
import { required } from '@/shared/ui';

const words = peopleTexts;
const ROLES = ['viewer', 'auditor', 'operator', 'administrator'] as const;

export type PersonRole = (typeof ROLES)[number];

export const roleOptions = ROLES.map((value) => ({ value, label: texts.shell.account.role[value] }));

export const personRules = {
  name: (value: string) => required(words.nameMissing)(value) ?? (value.length > 200 ? words.tooLong : null),
  full_name: (value: string) => (value.length > 200 ? words.tooLong : null),
  password: (value: string) => (value === '' || (value.length >= 12 && value.length <= 256) ? null : words.tooShort),
};

export function NameField(props: ComponentProps<typeof TextInput>) {
  return <TextInput label={words.name} autoComplete="off" autoCapitalize="none" spellCheck={false} {...props} />;
}

export function PasswordField({ isNew, ...props }: ComponentProps<typeof PasswordInput> & { isNew: boolean }) {
  return (
    <PasswordInput
      label={isNew ? words.password : words.newPassword}
      description={isNew ? words.passwordHint : words.newPasswordHint}
      autoComplete="new-password"
      {...props}
    />
  );
}

/** With what the chosen role may, in words. */
export function RoleField(props: ComponentProps<typeof Select>) {
  const role = ROLES.find((each) => each === props.value);
  return <Select label={words.role} data={roleOptions} allowDeselect={false} description={role && words.roles[role]} inputWrapperOrder={['label', 'input', 'description', 'error']} {...props} />;
}
