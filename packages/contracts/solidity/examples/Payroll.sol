// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Owned} from "../base/Owned.sol";
import {POOL} from "../base/SeroPool.sol";

/// @title Pays salaries in coins to people nobody can name
/// @notice The employer hires pseudonyms. Each pseudonym hands over receive slots (one-time numbers from its wallet); every period anybody
/// may pay its salary to the next slot, where it becomes a note that only the wallet behind the slot finds. The chain sees what was paid
/// by whom, never to whom, nor what becomes of it.
contract Payroll is Owned {
    struct Job {
        uint128 salary;
        uint64 nextPayday;
        uint256[] slots;
    }

    event Hired(address indexed employee, uint256 salary, uint256 firstPayday);
    event SlotsAdded(address indexed employee, uint256 count);
    event Paid(address indexed employee, uint256 salary, uint256 inner);
    event LetGo(address indexed employee);

    /// @notice Salaries must be above 0.
    error NoSalary();
    /// @notice Not hired, or let go.
    error NotHired(address employee);
    /// @notice The salary is not due yet.
    error NotDue(uint256 payday);
    /// @notice The employee must hand over receive slots first.
    error NoSlotLeft(address employee);
    /// @notice The employer must put in more coins.
    error NotFunded(uint256 missing);

    /// @notice Seconds between paydays.
    uint64 public immutable period;
    mapping(address employee => Job) private _jobs;

    /// @param owner_ the employer. @param period_ seconds between paydays.
    constructor(address owner_, uint64 period_) Owned(owner_) {
        period = period_;
    }

    /// @notice The employer, or anybody, puts in coins.
    receive() external payable {}

    /// @notice Hires `employee` for `salary` base units of the coin a period, or changes the salary.
    function hire(address employee, uint128 salary, uint64 firstPayday) external onlyOwner {
        if (salary == 0) revert NoSalary();
        _jobs[employee].salary = salary;
        _jobs[employee].nextPayday = firstPayday;
        emit Hired(employee, salary, firstPayday);
    }

    /// @notice Ends a job; slots that are left are forgotten.
    function letGo(address employee) external onlyOwner {
        delete _jobs[employee];
        emit LetGo(employee);
    }

    /// @notice The caller's future salaries go to these receive slots, the last one first. Each serves once.
    function addSlots(uint256[] calldata inners) external {
        Job storage job = _jobs[msg.sender];
        if (job.salary == 0) revert NotHired(msg.sender);
        for (uint256 i = 0; i < inners.length; i++) job.slots.push(inners[i]);
        emit SlotsAdded(msg.sender, inners.length);
    }

    /// @notice Pays one due salary. Anybody may call it.
    function pay(address employee) external {
        Job storage job = _jobs[employee];
        uint256 salary = job.salary;
        if (salary == 0) revert NotHired(employee);
        if (block.timestamp < job.nextPayday) revert NotDue(job.nextPayday);
        if (job.slots.length == 0) revert NoSlotLeft(employee);
        if (address(this).balance < salary) revert NotFunded(salary - address(this).balance);
        uint256 inner = job.slots[job.slots.length - 1];
        job.slots.pop();
        job.nextPayday += period;
        POOL.shieldCoin{value: salary}(inner, "");
        emit Paid(employee, salary, inner);
    }

    /// @notice The employer takes coins back, to a hidden owner too.
    function withdraw(uint256 inner, uint256 value) external onlyOwner {
        POOL.shieldCoin{value: value}(inner, "");
    }

    /// @notice Salary a period, when the next is due (seconds since 1970), and how many slots are left.
    function jobOf(address employee) external view returns (uint256 salary, uint256 nextPayday, uint256 slotsLeft) {
        Job storage job = _jobs[employee];
        return (job.salary, job.nextPayday, job.slots.length);
    }
}
