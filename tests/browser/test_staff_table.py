"""The table of all objectives, by the keyboard alone."""
import unittest

from desk import Desk

CELL = """
const rows = [...document.querySelectorAll('.plan tbody tr')];
const row = rows.find((r) => r.querySelector('.code').textContent === argument.code);
const cell = row.querySelectorAll('td[data-at]')[argument.at];
"""
LEAD, ROLE, START, DUE, FREQUENCY, WEIGHT = range(6)


class Table(Desk):
    def table(self, **how):
        page = self.at("#/table", **how)
        page.call("waitForSelector", ".plan tbody tr")
        return page

    def cell(self, page, code, at, what="cell.querySelector('.value').textContent"):
        return page.evaluate(f"{CELL} return {what};", {"code": code, "at": at})

    def go(self, page, code, at):
        """By the arrows, from wherever the table is entered."""
        page.evaluate("document.querySelector('.plan [tabindex=\"0\"]').focus()")
        where = page.evaluate("const c = document.activeElement; return [[...document.querySelectorAll('.plan tbody tr')].indexOf(c.closest('tr')), Number(c.dataset.at)]")
        row = page.evaluate("return [...document.querySelectorAll('.plan tbody tr')].findIndex((r) => r.querySelector('.code').textContent === argument)", code)
        page.press(*["ArrowDown" if row > where[0] else "ArrowUp"] * abs(row - where[0]))
        page.press(*["ArrowRight" if at > where[1] else "ArrowLeft"] * abs(at - where[1]))
        self.assertTrue(self.cell(page, code, at, "cell === document.activeElement"))

    def put(self, page, code, at, text):
        self.go(page, code, at)
        page.press("Enter")
        page.press("Control+a")
        page.call("keyboard.type", text)
        page.press("Enter")

    def saved(self, page, code):
        page.wait(f"{CELL} return !row.classList.contains('unsaved')", f"{code} is saved", {"code": code, "at": 0})
        return self.client.get(f"/objectives/{code}").json

    def test_it_has_every_objective_and_its_words(self):
        page = self.table()
        self.assertEqual(page.evaluate("return [...document.querySelectorAll('.plan tbody .code')].map((c) => c.textContent)"),
                         [o["code"] for o in self.client.all("/objectives?limit=500")])
        self.accessible(page)
        page.shot("staff-table")

    def test_a_cell_is_walked_to_opened_and_left(self):
        page = self.table()
        self.put(page, "1.1", ROLE, "Captain")
        self.assertEqual(self.cell(page, "1.1", ROLE), "Captain")
        self.assertTrue(self.cell(page, "1.2", ROLE, "cell === document.activeElement"), "Enter goes down")
        self.assertTrue(self.cell(page, "1.1", 0, "row.classList.contains('unsaved')"))
        page.press("Enter", "Escape")
        self.assertTrue(self.cell(page, "1.2", ROLE, "cell === document.activeElement"), "Esc stays")
        page.press("Enter", "Tab")
        self.assertTrue(self.cell(page, "1.2", START, "cell === document.activeElement"), "Tab goes right")
        self.go(page, "1.1", ROLE)
        page.press("Escape")
        self.assertFalse(self.cell(page, "1.1", 0, "row.classList.contains('unsaved')"), "Esc undoes the row")

    def test_who_is_fast_loses_nothing(self):
        """All in one task, before the browser's own timers: a field is left and the next is open."""
        page = self.table()
        self.go(page, "1.1", ROLE)
        page.evaluate("""
            const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
            press('Enter'); press('Escape'); press('Enter');
            await new Promise((done) => setTimeout(done, 100));""")
        page.call("keyboard.type", "Captain")
        page.evaluate(CELL + "cell.click(); await new Promise((done) => setTimeout(done, 100));", {"code": "1.2", "at": ROLE})
        self.assertEqual(self.cell(page, "1.1", ROLE), "Captain")
        self.assertTrue(self.cell(page, "1.2", ROLE, "cell.contains(document.activeElement) && cell !== document.activeElement"))

    def test_a_row_is_saved_by_itself(self):
        page = self.table()
        self.put(page, "1.3", ROLE, "Chief")
        self.put(page, "1.3", WEIGHT, "2")
        self.go(page, "1.3", FREQUENCY)
        page.press("Enter", "ArrowDown", "Enter")
        self.go(page, "1.3", ROLE)
        page.press("Control+s")
        got = self.saved(page, "1.3")
        self.assertEqual((got["owner_role"], got["weight"], got["update_frequency"]), ("Chief", 2, "monthly"))
        self.assertNotIn("unsent:table", self.stored(page)["session"])

    def test_faults_stand_in_their_cells(self):
        page = self.table()
        self.put(page, "1.4", WEIGHT, "minus one")
        self.go(page, "1.4", WEIGHT)
        page.press("Control+s")
        page.call("waitForSelector", ".plan td[aria-invalid=true] .fault")
        said = self.refused(self.client.ask("PATCH", "/objectives/1.4", {"weight": "minus one"}, {"If-Match": '"r1-0"'}, self.publisher), 422)
        self.assertEqual(self.cell(page, "1.4", WEIGHT, "cell.querySelector('.fault').textContent"), said["errors"][0]["detail"])
        self.assertTrue(self.cell(page, "1.4", WEIGHT, "cell === document.activeElement"))
        self.accessible(page)

    def test_who_was_slower_decides(self):
        page = self.table()
        self.put(page, "2.1", ROLE, "Mine")
        self.put(page, "2.2", ROLE, "Mine too")
        for code in ("2.1", "2.2"):
            tag = self.client.get(f"/objectives/{code}")["ETag"]
            self.api("PATCH", f"/objectives/{code}", {"owner_role": "Theirs", "weight": 3}, **{"If-Match": tag})
            self.go(page, code, ROLE)
            page.press("Control+s")
            page.wait(f"{CELL} return cell.querySelector('.theirs')?.textContent.includes('Theirs')", "both are shown", {"code": code, "at": ROLE})
        self.accessible(page)
        page.shot("staff-table-conflict")
        page.evaluate(CELL + "[...row.querySelectorAll('button')].find((b) => b.textContent === 'Keep mine').click()", {"code": "2.1", "at": ROLE})
        self.go(page, "2.1", ROLE)
        page.press("Control+s")
        got = self.saved(page, "2.1")
        self.assertEqual((got["owner_role"], got["weight"]), ("Mine", 3))
        page.evaluate(CELL + "[...row.querySelectorAll('button')].find((b) => b.textContent === 'Take what is stored').click()", {"code": "2.2", "at": ROLE})
        self.assertEqual(self.cell(page, "2.2", ROLE), "Theirs")
        self.assertEqual(self.saved(page, "2.2")["owner_role"], "Theirs")

    def test_unsaved_cells_survive_a_reload(self):
        page = self.table()
        self.put(page, "2.3", ROLE, "Later")
        page.call("reload")
        page.call("waitForSelector", ".plan .unsaved")
        self.assertEqual(self.cell(page, "2.3", ROLE), "Later")
        self.assertIn("Edit the plan", page.text(".unsent"))
        self.go(page, "2.3", ROLE)
        page.press("Control+s")
        self.assertEqual(self.saved(page, "2.3")["owner_role"], "Later")

    def test_a_department_can_be_added_and_lead(self):
        page = self.table()
        page.call("click", ".add > summary")
        page.call("fill", "#department-name", "Water & Power")
        page.press("Enter")
        page.wait("return !document.querySelector('.add[open]') && document.querySelector('.plan')", "the table comes again")
        self.assertEqual(self.client.get("/departments/water-power").json["name"], "Water & Power")
        self.go(page, "2.4", LEAD)
        page.press("Enter", "w", "Enter")
        self.go(page, "2.4", LEAD)
        page.press("Control+s")
        self.assertEqual(self.saved(page, "2.4")["lead_department"], "water-power")

    def test_who_may_not_edit_is_not_shown_it(self):
        page = self.sign_in(self.reporter)
        self.assertEqual(page.evaluate("return document.querySelectorAll('a[href=\"#/table\"]').length"), 0)


if __name__ == "__main__":
    unittest.main()
