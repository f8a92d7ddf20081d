import { Drawer, Input, Popover } from "antd";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useScreen } from "@/shared/hooks/useScreen";
import type { RuleField } from "../api";
import { useDrawing } from "../drawing";
import type { Leaf } from "../rule";
import styles from "./builder.module.css";

export interface Picked {
  kind: Leaf["type"];
  name: string;
}
interface Entry extends Picked {
  title: string;
  about: string;
  group: string;
}

/** What a condition can ask for: fields and rows in the classes of tags, and the kinds that are no field's. */
function useEntries(
  only?: (field: RuleField) => boolean,
): { code: string; title: string; entries: Entry[] }[] {
  const { t } = useTranslation("segments");
  const { catalogue, segments } = useDrawing();
  const { groups, fields, rows } = catalogue.all;
  const entries: Entry[] = fields
    .filter((field) => !only || only(field))
    .map(({ name, title, about, group }) => ({ kind: "compare", name, title, about, group }));
  if (only) return sorted();
  for (const { name, title, group, journal, columns } of rows)
    entries.push({
      kind: "behaviour",
      name,
      title: t("rowsOf", { rows: title }),
      about: t(journal ? "rowsAbout" : "standingAbout", {
        columns: columns.map((one) => one.title).join(t("comma")),
      }),
      group,
    });
  const other = (kind: Leaf["type"]) =>
    entries.push({
      kind,
      name: "",
      title: t(`kind.${kind}.title`),
      about: t(`kind.${kind}.about`),
      group: "OTHER",
    });
  other("sequence");
  other("peer");
  if (segments.length) other("segment");
  return sorted();

  function sorted() {
    return [...groups, { code: "OTHER", title: t("otherKinds") }]
      .map(({ code, title }) => ({ code, title, entries: entries.filter(({ group }) => group === code) }))
      .filter((group) => group.entries.length > 0);
  }
}

interface Props {
  /** Only fields for which this holds, and nothing else. */
  only?: (field: RuleField) => boolean;
  onPick: (picked: Picked) => void;
  children: ReactNode;
}

/** Opens the panel of what a condition may ask for: searched, by class, each said plainly. */
export function FieldPicker({ only, onPick, children }: Props) {
  const { t } = useTranslation("segments");
  const { phone } = useScreen();
  const [open, setOpen] = useState(false);
  const panel = (
    <Panel
      {...(only ? { only } : {})}
      onPick={(picked) => {
        setOpen(false);
        onPick(picked);
      }}
    />
  );
  if (phone)
    return (
      <>
        <span onClick={() => setOpen(true)}>{children}</span>
        <Drawer
          open={open}
          onClose={() => setOpen(false)}
          placement="bottom"
          size="88dvh"
          title={t("chooseField")}
        >
          {open && panel}
        </Drawer>
      </>
    );
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomLeft"
      arrow={false}
      destroyOnHidden
      content={panel}
    >
      <span>{children}</span>
    </Popover>
  );
}

function Panel({ only, onPick }: Pick<Props, "only" | "onPick">) {
  const { t } = useTranslation("segments");
  const all = useEntries(only);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const words = text.trim().toLowerCase();
  const groups = all
    .map((group) => ({
      ...group,
      entries: group.entries.filter(({ name, title, about }) =>
        `${title} ${about} ${name.replaceAll("_", " ")} ${group.title}`.toLowerCase().includes(words),
      ),
    }))
    .filter((group) => group.entries.length > 0);
  const flat = groups.flatMap((group) => group.entries);
  const active = Math.min(at, flat.length - 1);
  const show = (n: number) => {
    setAt(n);
    document.getElementById(`${id}-${n}`)?.scrollIntoView({ block: "nearest" });
  };
  const onKey = (event: KeyboardEvent) => {
    const chosen = flat[active];
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") show(Math.min(active + 1, flat.length - 1));
    else if (event.key === "ArrowUp") show(Math.max(active - 1, 0));
    else if (event.key === "Enter" && chosen) onPick(chosen);
    else return;
    event.preventDefault();
  };
  let n = 0;
  return (
    <div className={styles.picker}>
      <Input
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={`${id}-${active}`}
        aria-label={t("searchField")}
        placeholder={t("searchField")}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <div className={styles.pickerBody}>
        <nav className={styles.pickerGroups} aria-label={t("fieldGroups")}>
          {groups.map(({ code, title }) => (
            <button
              key={code}
              type="button"
              onClick={() => document.getElementById(`${id}-${code}`)?.scrollIntoView({ block: "start" })}
            >
              {title}
            </button>
          ))}
        </nav>
        <div className={styles.pickerList} id={id} role="listbox" aria-label={t("chooseField")}>
          {flat.length === 0 && <p className={styles.quiet}>{t("noField")}</p>}
          {groups.map(({ code, title, entries }) => (
            <div key={code} role="group" aria-label={title}>
              <h4 id={`${id}-${code}`}>{title}</h4>
              {entries.map((entry) => {
                const here = n++;
                return (
                  <div
                    key={`${entry.kind}.${entry.name}`}
                    id={`${id}-${here}`}
                    role="option"
                    tabIndex={-1}
                    aria-selected={here === active}
                    className={styles.pickerEntry}
                    onClick={() => onPick(entry)}
                  >
                    <strong>{entry.title}</strong>
                    {entry.about !== entry.title && <small>{entry.about}</small>}
                  </div>
                );
              })}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
