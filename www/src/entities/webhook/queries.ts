import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, ifMatch, take, usePagedList } from '@/shared/api';
import type { ListState, Schemas } from '@/shared/api';

export type Webhook = Schemas['Webhook'];

const webhookKey = ['webhooks'] as const;

export function useWebhookPage(state: ListState) {
  return usePagedList<Webhook>(webhookKey, state, (query, signal) => take(api.GET('/api/v1/webhooks', { params: { query: query as never }, signal })));
}

/** Without a webhook: a new one. */
export function useSaveWebhook() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ webhook, body }: { webhook: Webhook | undefined; body: Schemas['WebhookNew'] }) =>
      webhook
        ? take(api.PATCH('/api/v1/webhooks/{id}', { params: { path: { id: webhook.id }, header: ifMatch(webhook) }, body }))
        : take(api.POST('/api/v1/webhooks', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: webhookKey }),
    gcTime: 0,
  });
}

/** One try, which is told whatever comes of it. */
export function useTestWebhook() {
  return useMutation({
    mutationFn: (webhook: Webhook) => take(api.POST('/api/v1/webhooks/{id}/test', { params: { path: { id: webhook.id } } })),
  });
}

export function useDeleteWebhook() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (webhook: Webhook) => take(api.DELETE('/api/v1/webhooks/{id}', { params: { path: { id: webhook.id }, header: ifMatch(webhook) } })),
    onSuccess: () => client.invalidateQueries({ queryKey: webhookKey }),
  });
}
