import { createCommandChannel } from "../adapters/processes/command-channel.ts";
import { createWebhookChannel } from "../adapters/remote/webhook-channel.ts";
import type { AlertChannel } from "../app/ports/alert-channel.ts";
import type { ChannelSettings } from "../schemas/alerts/parse-alerts.ts";

/** The channels of a policy. Its addresses are the operator's own and may be inside. */
export function openChannels(
  settings: ReadonlyMap<string, ChannelSettings>,
  folder: string,
): ReadonlyMap<string, AlertChannel> {
  const open = (channel: ChannelSettings): AlertChannel => {
    if (channel.kind === "command") return createCommandChannel(channel.command, folder);
    const form = channel.kind === "slack" ? "slack" : "events";
    const now = (): number => Date.now() / 1000;
    return createWebhookChannel({ url: channel.url, secret: channel.secret, form, trusted: true, now });
  };
  return new Map(Array.from(settings, ([name, channel]) => [name, open(channel)]));
}
