import { useTranslation } from "react-i18next";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { HINTS, JOURNEY_FAULTS } from "./codes";
import { stepOf, UNSET, waysOut } from "./definition";
import { fieldWords } from "./fieldWords";
import type { ChangeField, Choice, Choices, Definition, Fault, Step, Trigger, Wait } from "./types";

const KNOWN = new Set<string>([...JOURNEY_FAULTS, ...HINTS]);

/** What a journey says, in the viewer's words: its steps, its ways, what is wrong with it. */
export interface Say {
  step: (step: Step) => string;
  /** A step by its id; of one that this version has not, that. */
  stepAt: (definition: Definition, id: string | null) => string;
  /** The name of a way out; empty if it is the only one. */
  way: (step: Step | undefined, out: string) => string;
  trigger: (trigger: Trigger) => string;
  again: (trigger: Trigger) => string;
  goal: (definition: Definition) => string;
  fault: (definition: Definition, fault: Fault) => string;
}

export function useSay(choices: Choices): Say {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const named = (rows: Pick<Choice, "code" | "name">[], code: string | null | undefined) =>
    code ? (rows.find((row) => row.code === code)?.name ?? t("journey.say.gone")) : t("journey.say.unset");
  const segment = (code: string | null | undefined) =>
    named([...choices.segments, ...choices.conditions], code);
  const event = (code: string | null | undefined) => named(choices.events, code);
  const text = (id: number) => choices.templates.find((row) => row.id === id);
  const hour = (at: number) => `${at}:00`;
  const wait = ({ days, hours, at_hour }: Wait) => {
    const parts = [days && t("journey.say.days", { days }), hours && t("journey.say.hours", { hours })];
    const long = parts.filter(Boolean).join(" ");
    const at = at_hour ?? null;
    if (at === null) return t("journey.say.wait", { long: long || t("journey.say.unset") });
    return t(long ? "journey.say.waitUntil" : "journey.say.until", { long, hour: hour(at) });
  };
  const message = (id: number) => {
    const found = text(id);
    return found
      ? t("journey.say.text", { name: found.name, channel: t(`channel.${found.channel}`) })
      : t(id === UNSET ? "journey.say.unset" : "journey.say.gone");
  };
  const field = (code: string) => named(choices.fields, code);
  const value = (one: ChangeField) =>
    fieldWords(
      choices.fields.find(({ code }) => code === one.field),
      one.value ?? null,
      { yes: t("journey.way.yes"), no: t("journey.way.no"), and: t("journey.say.and"), day: format.date },
    ) ?? t("journey.say.unset");
  const step = (one: Step): string => {
    switch (one.type) {
      case "WAIT":
        return wait(one);
      case "WORKTIME":
        return t("journey.say.worktime");
      case "AWAIT":
        return one.segment
          ? t("journey.say.awaitSegment", { name: segment(one.segment), days: one.days })
          : t("journey.say.awaitEvent", { name: event(one.event), days: one.days });
      case "CONDITION":
        return one.message || one.came
          ? t("journey.say.came", { came: one.came ? t(`journey.came.${one.came}`) : t("journey.say.unset") })
          : t("journey.say.inSegment", { name: segment(one.segment) });
      case "SPLIT":
        return t("journey.say.split", {
          count: one.paths.length,
          shares: one.paths.map(({ share }) => `${share}%`).join(" / "),
        });
      case "HOLDOUT":
        return t("journey.say.holdout", { share: one.share });
      case "MESSAGE":
        return one.otherwise
          ? t("journey.say.messageElse", { text: message(one.template), other: message(one.otherwise) })
          : t("journey.say.message", { text: message(one.template) });
      case "TASK":
        return t("journey.say.task", { title: one.title });
      case "TAG":
        return t(one.add ? "journey.say.addTag" : "journey.say.takeTag", {
          name:
            choices.tags.find(({ id }) => id === one.tag)?.name ??
            t(one.tag === UNSET ? "journey.say.unset" : "journey.say.gone"),
        });
      case "FIELD":
        return t("journey.say.field", { name: field(one.field), value: value(one) });
    }
  };
  /** A question about a message names the message too: there may be several. */
  const whole = (definition: Definition, one: Step): string => {
    const asked = one.type === "CONDITION" ? stepOf(definition, one.message ?? null) : undefined;
    return asked?.type === "MESSAGE" && one.type === "CONDITION"
      ? t("journey.say.cameOf", {
          text: text(asked.template)?.name ?? t("journey.say.unset"),
          came: one.came ? t(`journey.came.${one.came}`) : t("journey.say.unset"),
        })
      : step(one);
  };
  const stepAt = (definition: Definition, id: string | null) => {
    if (id === null) return t("journey.end");
    const found = stepOf(definition, id);
    return found ? whole(definition, found) : t("journey.say.elsewhere");
  };
  return {
    step,
    stepAt,
    way: (one, out) => {
      if (!one || !out || waysOut(one).length < 2) return "";
      if (one.type === "SPLIT") return `${one.paths[Number(out)]?.share ?? 0}%`;
      if (one.type === "AWAIT") return t(out === "yes" ? "journey.way.happened" : "journey.way.timeout");
      return t(out === "yes" ? "journey.way.yes" : "journey.way.no");
    },
    trigger: ({ type, segment: of, event: on, at, members }) => {
      if (!(type === "EVENT" ? on : of)) return t("journey.say.onNothing");
      const name = segment(of);
      if (type === "EVENT") return t("journey.say.onEvent", { name: event(on) });
      if (type === "DATE")
        return t("journey.say.onDate", {
          name,
          at: at ? format.moment(`${at.replace(" ", "T")}:00+08:00`) : t("journey.say.unset"),
        });
      if (type === "MANUAL") return t("journey.say.onWord", { name });
      return t(members ? "journey.say.onMembers" : "journey.say.onEnter", { name });
    },
    again: ({ again_days }) =>
      again_days ? t("journey.say.again", { days: again_days }) : t("journey.say.once"),
    goal: ({ goal }) =>
      goal
        ? t("journey.say.goal", { name: segment(goal.segment), days: goal.days })
        : t("journey.say.noGoal"),
    fault: (definition, { code, about }) => {
      if (!KNOWN.has(code)) return t("journey.fault.other");
      if (code === "NO_CONSENT") {
        const [agreed = 0, all = 0] = about.split("/").map(Number);
        return t("journey.fault.NO_CONSENT", { agreed: count(agreed), all: count(all) });
      }
      const said =
        code.includes("SEGMENT") && about
          ? segment(about)
          : code === "VALUE_DOES_NOT_FIT"
            ? field(about)
            : about;
      return t(`journey.fault.${code}`, {
        about: code === "NOT_A_MESSAGE_BEFORE" ? stepAt(definition, about || null) : said,
      });
    },
  };
}
