// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A first connection that does not come up, for whatever reason: the seeker's program tries another one in the same
// session, under the same consent, before it gives up.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BrowserHelper } from "../support/browser_helper.ts";
import { asks, makePair } from "../support/people.ts";
import { Stage } from "../support/programs.ts";

/** The first connection of the page neither learns where the other side is, nor says where it is itself. */
function strandFirstConnection(): void {
  const Native = RTCPeerConnection;
  const strip = (sdp: string): string => sdp.replace(/a=candidate:.*\r\n/g, "");
  let count = 0;
  window.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      if (count++ > 0) return;
      const set = super.setRemoteDescription.bind(this);
      this.addIceCandidate = () => Promise.resolve();
      this.setRemoteDescription = (description: RTCSessionDescriptionInit) =>
        set({ type: description.type, sdp: strip(description.sdp ?? "") });
      this.addEventListener("icecandidate", (event) => event.stopImmediatePropagation());
    }
  };
}

test("a connection that does not come up is tried again", async () => {
  const stage = new Stage();
  try {
    const { broker, helper, seeker } = await makePair(stage);
    const browser = await BrowserHelper.open(broker, helper, {}, strandFirstConnection);
    try {
      const agent = stage.agent(broker, seeker, ["--source", "pattern", ...asks("view")]);
      await browser.accept();
      const waitedMs = await browser.firstFrame();
      assert.ok(waitedMs < 28000, "before the helper's page loses patience, after 30 s");
      await agent.waitEvent("tick", (event) => Number(event.signed_ms) >= 1000, 30000);
      agent.write(JSON.stringify({ do: "end" }));
      await agent.waitEvent("settled", undefined, 20000);
      assert.equal(await agent.exited, 0);
      assert.equal(agent.events("session").filter((event) => event.state === "accepted").length, 1, "one consent");
    } finally {
      await browser.close();
    }
  } finally {
    await stage.close();
  }
});
