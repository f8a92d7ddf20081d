import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Explain } from "@/shared/components/Explain";
import { Panel } from "@/shared/components/Panel";
import { useReadyTags } from "../profileApi";
import styles from "./profile.module.css";

/** The tags that the night worked out of the customer, class by class; each tells what it says. */
export function ReadyTags({ customerId }: { customerId: number }) {
  const { t } = useTranslation("customers");
  const found = useReadyTags(customerId).data;
  if (!found?.tags.length) return null;
  return (
    <Panel title={t("section.tags")}>
      <dl className={styles.classes}>
        {found.groups.map(({ code, title }) => (
          <div key={code}>
            <dt>{title}</dt>
            <dd>
              {found.tags
                .filter(({ group }) => group === code)
                .map((tag) => (
                  <Explain key={tag.code} title={tag.title} text={tag.about} asOf={found.as_of ?? undefined}>
                    <Tag variant="filled">{tag.title}</Tag>
                  </Explain>
                ))}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
