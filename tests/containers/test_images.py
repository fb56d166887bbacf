"""The images of docker/ and the start and stop of docker/compose.yaml; called by tests/containers/run."""
import json
import re
import time
import unittest

import engine
import stack

COMPILERS = ("cc", "gcc", "c99", "clang", "ld", "as", "make", "cmake", "python3", "git", "curl", "wget", "psql")


def setUpModule():
    global STACK, SAID
    STACK, SAID = stack.begin()


def tearDownModule():
    STACK.end()


class Images(unittest.TestCase):
    # Packages bring examples among their papers.
    def files(self, image):
        said = STACK.engine("run", "--rm", "--network=none", "--user=0:0", "--entrypoint=find", *engine.limits(), image,
                            "/", "-xdev", "(", "-path", "/proc", "-o", "-path", "/sys", "-o", "-path", "/usr/share/doc",
                            ")", "-prune", "-o", "-type", "f", "-print").stdout
        return said.splitlines()

    def test_no_image_of_ours_runs_as_root_unless_told_to(self):
        for image in ("cerritos-in-progress", "cerritos-in-progress-tools", "cerritos-in-progress-proxy"):
            user = STACK.engine.inspect(f"localhost/{image}", "image")["Config"]["User"]
            self.assertRegex(user, r"^1000[0-9]:1000[0-9]$", image)

    def test_the_image_says_how_it_is_stopped_asked_and_reached(self):
        image = STACK.engine.inspect("localhost/cerritos-in-progress", "image")
        config = image["Config"]
        self.assertEqual((config["StopSignal"], list(config["ExposedPorts"]), config["Entrypoint"], config["Cmd"]),
                         ("SIGTERM", ["8080/tcp"], ["progressd"], ["serve"]))
        self.assertEqual(image["Healthcheck"]["Test"], ["CMD", "progressd", "healthcheck"])
        self.assertIn("org.opencontainers.image.title", config["Labels"])
        base = STACK.engine.inspect(engine.BASE, "image")["Size"]
        print(f"# image of the service: {image['Size'] / 1e6:.0f} MB, of it its base {base / 1e6:.0f} MB", flush=True)

    def test_the_image_holds_no_compiler_and_no_source(self):
        files = set(self.files("localhost/cerritos-in-progress"))
        added = files - set(self.files(engine.BASE))
        self.assertIn("/usr/bin/progressd", added)
        self.assertEqual({name for name in files if "bin/" in name} & {f"/usr/bin/{name}" for name in COMPILERS}, set())
        source = re.compile(r"\.([chao]|sql|sh|py|md|cmake|pem|key)$")
        self.assertEqual([name for name in sorted(added) if source.search(name)], [])
        self.assertEqual([name for name in sorted(added) if name.startswith(("/src", "/build", "/out", "/root"))], [])

    def test_what_gives_rights_has_no_effect_in_a_service(self):
        for name in ("postgres", "service", "nginx"):
            said = STACK.engine("exec", name, "cat", "/proc/1/status").stdout
            self.assertRegex(said, r"CapEff:\t0+\n", name)
            self.assertRegex(said, r"CapBnd:\t0+\n", name)
            self.assertRegex(said, r"NoNewPrivs:\t1\n", name)
            self.assertNotRegex(said, r"Uid:\t0\t", name)
            refused = STACK.engine("exec", name, "touch", "/usr/bin/mine", check=False)
            self.assertNotEqual(refused.returncode, 0, name)
            self.assertIn("Read-only file system", refused.stderr, name)


class Start(unittest.TestCase):
    def test_the_plan_is_there_after_the_first_start(self):
        self.assertIn("applied 0001_plan.sql", SAID["migrate"])
        self.assertIn("objectives: 42 created", SAID["import"])

    def test_each_step_before_the_service_may_be_repeated(self):
        before = json.loads(STACK.curl("/goals").stdout)
        self.assertEqual(STACK.once("prepare").stdout, "", "nothing was made anew")
        self.assertEqual(STACK.once("migrate").stdout.strip(), "the database is up to date")
        self.assertEqual(STACK.once("import").stdout, "", "a plan that is there is left alone")
        self.assertEqual(json.loads(STACK.curl("/goals").stdout), before)

    def test_the_health_check_of_the_image_passes(self):
        self.assertTrue(STACK.is_healthy("service"))

    def test_no_reader_sees_the_secret_of_another(self):
        for name, files in (("service", ["pgpass"]), ("nginx", ["certificate.pem", "key.pem"]),
                            ("postgres", ["migrate", "service", "superuser"])):
            self.assertEqual(STACK.engine("exec", name, "ls", "/secrets").stdout.split(), files)

    def test_no_password_is_in_an_environment_or_a_log(self):
        words = STACK.engine("exec", "postgres", "sh", "-c", "cat /secrets/*").stdout.split()
        self.assertEqual([len(word) for word in words], [48, 48, 48])
        for name in ("postgres", "service", "nginx"):
            said = STACK.logs(name) + json.dumps(STACK.engine.inspect(name)["Config"]["Env"])
            self.assertFalse([word for word in words if word in said], name)

    def test_the_user_of_the_service_is_a_member_of_one_role(self):
        said = self.sql("select g.rolname from pg_auth_members m join pg_roles g on g.oid = m.roleid"
                        " join pg_roles u on u.oid = m.member where u.rolname = 'progress_service'")
        self.assertEqual(said, "progress_app")
        self.assertEqual(self.sql("select count(*) from pg_roles where rolname like 'progress%' and"
                                  " (rolsuper or rolcreaterole or rolcreatedb or rolbypassrls)"), "0")
        owners = self.sql("select string_agg(distinct tableowner, ',') from pg_tables where schemaname = 'progress'")
        self.assertEqual(owners, "progress_owner")

    def sql(self, text):
        psql = ("psql", "-U", "postgres", "-d", "progress", "-XAtc")
        return STACK.engine("exec", "postgres", *psql, text).stdout.strip()

    def test_the_database_asks_a_password_of_whoever_comes_by_the_network(self):
        service = STACK.services["import"]
        refused = STACK.engine("run", "--rm", *STACK.run_flags("import"), STACK.image(service), "psql", "-w", "-c",
                               "select 1", "postgresql://progress_service@postgres/progress", check=False)
        self.assertIn("no password supplied", refused.stderr)


class Stop(unittest.TestCase):
    def test_sigterm_ends_each_service_in_time_and_with_0(self):
        for name in ("nginx", "service", "postgres"):
            began = time.monotonic()
            self.assertEqual(STACK.stop(name), 0, STACK.logs(name)[-2000:])
            print(f"# {name} stopped in {time.monotonic() - began:.1f} s", flush=True)
        self.assertIn("every request was answered", STACK.logs("service"))


if __name__ == "__main__":
    unittest.main()
