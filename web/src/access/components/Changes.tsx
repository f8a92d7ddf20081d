import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useFormat } from "@/shared/hooks/useFormat";
import { useMe } from "../api";
import type { ChangeOut } from "../historyApi";
import styles from "./audit.module.css";

type FieldChange = ChangeOut["changes"][number];

/** Where the texts of a field's codes are. */
const WORDS: Record<string, string> = {
  role: "shared:role",
  right: "access:right",
  reason: "customers:handover.reason",
  sides: "customers:handover.side",
  scope: "access:history.scope",
  source: "access:history.source",
  "handover.status": "customers:handover.status",
  "export.status": "customers:export.status",
  "task.status": "access:history.taskStatus",
  "segment.status": "access:history.segmentStatus",
  "segment.scope": "access:history.segmentScope",
  "segment.kind": "access:history.segmentKind",
  "custom_field.kind": "customers:custom.kinds",
  "segment_version.status": "access:history.versionStatus",
  "experiment.status": "effect:status",
  "experiment.measure": "effect:measure",
};

/** Which fields changed, from what to what. */
export function Changes({ change }: { change: ChangeOut }) {
  const { t } = useTranslation(["access", "customers", "shared"]);
  const format = useFormat();
  const me = useMe();
  const readsCustomers = me.data?.rights.includes("customer.read") ?? false;
  const one = ({ field, type }: FieldChange, value: string) => {
    switch (type) {
      case "date":
        return format.date(value);
      case "moment":
        return format.moment(value);
      case "yes_no":
        return t(value === "true" ? "history.yes" : "history.no");
      case "code": {
        const words = WORDS[`${change.kind}.${field}`] ?? WORDS[field];
        return t(`${words}.${value}`, { defaultValue: value });
      }
      default:
        return value;
    }
  };
  const said = (field: FieldChange, values: string[]) => {
    if (field.type === "hidden") return t("history.hidden");
    if (values.length === 0) return t("history.nothing");
    if (field.type === "customer" && readsCustomers)
      return <Link to={`/customers/${values[0]}`}>{values[0]}</Link>;
    return values.map((value) => one(field, value)).join(t("history.comma"));
  };
  return (
    <ul className={styles.changes}>
      {change.changes.map((field) => (
        <li key={field.field}>
          <small>{field.label}</small>
          <div>
            {change.act === "update" && (
              <>
                <del>{said(field, field.before)}</del>
                <span aria-label={t("history.became")}> → </span>
              </>
            )}
            <span>{said(field, change.act === "delete" ? field.before : field.after)}</span>
          </div>
        </li>
      ))}
    </ul>
  );
}
