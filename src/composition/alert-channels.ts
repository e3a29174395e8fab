import { createCommandChannel } from "../adapters/processes/command-channel.ts";
import { createWebhookChannel } from "../adapters/remote/webhook-channel.ts";
import type { AlertChannel } from "../app/ports/alert-channel.ts";
import type { ChannelSettings } from "../schemas/alerts/parse-alerts.ts";

/**
 * Opens the channels of policies; addresses are the operator's own and may be inside. Policies that name the same place
 * share one channel, so that an alarm of the server is told there once.
 */
export function channelOpener(): (
  settings: ReadonlyMap<string, ChannelSettings>,
  folder: string,
) => ReadonlyMap<string, AlertChannel> {
  const opened = new Map<string, AlertChannel>();
  const open = (channel: ChannelSettings, folder: string): AlertChannel => {
    if (channel.kind === "command") return createCommandChannel(channel.command, folder);
    const form = channel.kind === "slack" ? "slack" : "events";
    const now = (): number => Date.now() / 1000;
    return createWebhookChannel({ url: channel.url, secret: channel.secret, form, trusted: true, now });
  };
  return (settings, folder) =>
    new Map(
      Array.from(settings, ([name, channel]) => {
        const place = JSON.stringify(channel.kind === "command" ? [channel.command, folder] : channel);
        const known = opened.get(place) ?? open(channel, folder);
        opened.set(place, known);
        return [name, known];
      }),
    );
}
