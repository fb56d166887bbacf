// PocketBase as it ships, holding the city's objectives: its own list of records is what is measured.
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

// The collection is made once, from the objectives of our own GET /objectives, kept whole as JSON beside
// the columns that one would ask for.
func fill(app core.App, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var list struct {
		Data []map[string]any `json:"data"`
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	public := ""
	objectives := core.NewBaseCollection("objectives")
	objectives.ListRule = &public
	objectives.ViewRule = &public
	for _, name := range []string{"code", "statement", "status"} {
		objectives.Fields.Add(&core.TextField{Name: name, Max: 5000})
	}
	objectives.Fields.Add(&core.NumberField{Name: "goal"}, &core.NumberField{Name: "percent_complete"})
	objectives.Fields.Add(&core.JSONField{Name: "document"})
	if err := app.Save(objectives); err != nil {
		return err
	}
	for _, one := range list.Data {
		record := core.NewRecord(objectives)
		for _, name := range []string{"code", "statement", "status", "goal", "percent_complete"} {
			record.Set(name, one[name])
		}
		record.Set("document", one)
		if err := app.Save(record); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	app := pocketbase.New()
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if _, err := e.App.FindCollectionByNameOrId("objectives"); err != nil {
			if err := fill(e.App, os.Getenv("BENCH_OBJECTIVES")); err != nil {
				return err
			}
		}
		return e.Next()
	})
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
