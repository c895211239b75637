import { CodeText } from "../../parts/code-text.tsx";
import { Notice } from "../../parts/notice.tsx";
import { access } from "../../state/access.ts";
import { connectTexts } from "../../text/connect.ts";
import { findAddress } from "./connection.ts";
import type { GuideProps } from "./guide-part.tsx";
import { isPublic } from "./read-address.ts";

/** Says that a client whose maker's servers make the calls can't reach the address, or that everybody could. */
export function ReachNotice({ guide, gateway }: GuideProps) {
  const t = connectTexts.value;
  const url = findAddress(gateway);
  if (guide.callsFromOutside !== true) return null;
  const isReached = isPublic(url);
  const isOpen = access.value?.open === true;
  if (isReached && !isOpen) return null;
  return (
    <Notice kind="amber">
      {!isReached && (
        <>
          <b>{t.notReached(guide.name, url)}</b> <CodeText text={t.notReachedText} />
        </>
      )}{" "}
      {isOpen && <CodeText text={t.isOpen} />}
    </Notice>
  );
}
