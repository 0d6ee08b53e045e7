"""Logs of jobs as runners of several years write them."""

from __future__ import annotations

OF_10 = (
    "\x1b[0KRunning with gitlab-runner 10.5.0 (80b03db9)\n"
    "\x1b[0;m\x1b[0K  on my-autoscale-runner be2265a1\n"
    "\x1b[0;m\x1b[0KUsing Docker executor with image ruby:2.4.2 ...\n"
    "\x1b[0;m\x1b[0KStarting service mongo:latest ...\n"
    "\x1b[0;msection_start:1519281433:prepare_script\r"
    "\x1b[0KRunning on runner-be2265a1-project-1-concurrent-0 "
    "via runner-be2265a1-gitlab-runner-1519281417-b8c4439c...\n"
    "section_end:1519281434:prepare_script\r"
    "\x1b[0Ksection_start:1519281438:build_script\r"
    "\x1b[0K\x1b[32;1m$ cd reddit\x1b[0;m\n"
    "\x1b[32;1m$ ruby simpletest.rb\x1b[0;m\n"
    "Loaded suite simpletest\nStarted\n.\n\nFinished in 0.017 seconds.\n------\n"
    "1 tests, 1 assertions, 0 failures, 0 errors, 0 pendings, 0 omissions, 0 notifications\n100% passed\n------\n"
    "section_end:1519281479:build_script\r"
    "\x1b[0K\x1b[32;1mJob succeeded\n\x1b[0;m"
)

OF_13 = (
    "\x1b[0KRunning with gitlab-runner 13.12.0-rc1 (b21d5c5b)\n"
    "\x1b[0;m\x1b[0K  on gitlab-org-docker ih9XD9p3\n"
    "\x1b[0;msection_start:1621524382:prepare_executor\r\x1b[0K\x1b[0K\x1b[36;1m"
    'Preparing the "docker+machine" executor\x1b[0;m\n'
    "\x1b[0;m\x1b[0KUsing Docker executor with image ruby:2.7 ...\n"
    "\x1b[0;msection_end:1621524429:prepare_executor\r\x1b[0Ksection_start:1621524429:prepare_script\r\x1b[0K"
    "\x1b[0K\x1b[36;1mPreparing environment\x1b[0;m\n"
    "\x1b[0;mRunning on runner-ih9xd9p3-project-2-concurrent-0 via runner-ih9xd9p3-org-ci-1621524292-bb661501...\n"
    "section_end:1621524430:prepare_script\r\x1b[0Ksection_start:1621524431:step_script\r\x1b[0K"
    "\x1b[32;1m$ rspec\x1b[0;m\n...\n\nFinished in 0.5 seconds\n\x1b[32m3 examples, 0 failures, 1 pending\x1b[0m\n"
    "section_end:1621524439:step_script\r\x1b[0K\x1b[31;1mERROR: Job failed: exit code 1\n\x1b[0;m"
)

OF_18 = "".join(
    f"2026-11-20T10:00:0{second}.123456Z {stream}{text}\n"
    for second, stream, text in (
        (0, "00O ", "\x1b[0KRunning with gitlab-runner 18.9.0 (0a1b2c3d)\x1b[0;m"),
        (0, "00O ", "\x1b[0K  on autoscale t9Wkyj-HG, system ID: s_0123456789ab\x1b[0;m"),
        (1, "00O ", 'section_start:1795341133:prepare_executor\r\x1b[0K\x1b[36;1mPreparing the "docker-autoscaler"'),
        (1, "00O+", " executor\x1b[0;m"),
        (2, "00O ", "Dialing instance i-0abc, 10.0.0.7..."),
        (2, "00O ", "Instance i-0abc connected"),
        (3, "00O ", "Using Docker executor with image ruby:3.3 ..."),
        (4, "00O ", "Running on runner-t9wkyj-hg-project-1-concurrent-0 via manager.example..."),
        (5, "01O ", "\x1b[32;1m$ pytest\x1b[0;m"),
        (6, "01O ", "\x1b[32m=========== \x1b[1m4 passed\x1b[0m, \x1b[33m1 skipped\x1b[0m in 0.12s ==========\x1b[0m"),
        (7, "00O ", "\x1b[32;1mJob succeeded\x1b[0;m"),
    )
)
