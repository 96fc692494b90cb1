import "i18next";

/** Keys and placeholders are checked by the compiler against the English texts; a test holds the Chinese ones to them. */
declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: {
      common: typeof import("./en/common.json", { with: { type: "json" } });
      errors: typeof import("./en/errors.json", { with: { type: "json" } });
      home: typeof import("./en/home.json", { with: { type: "json" } });
      avatar: typeof import("./en/avatar.json", { with: { type: "json" } });
      keyring: typeof import("./en/keyring.json", { with: { type: "json" } });
      bind: typeof import("./en/bind.json", { with: { type: "json" } });
      me: typeof import("./en/me.json", { with: { type: "json" } });
      graph: typeof import("./en/graph.json", { with: { type: "json" } });
      activity: typeof import("./en/activity.json", { with: { type: "json" } });
      operator: typeof import("./en/operator.json", { with: { type: "json" } });
      profile: typeof import("./en/profile.json", { with: { type: "json" } });
      settings: typeof import("./en/settings.json", { with: { type: "json" } });
    };
  }
}
